import { join } from 'node:path'
import { type Dependency, digestOf, type PackageName, parsePackageName } from '#core'
import type { InstalledPackage, Project } from '#doors/cli'
import type { FileDifference, Lock, LockedPackage } from '#flow/install'

/** A project that lives as long as the page: what is put in place stays whole, but for one package that somebody changes. */
export interface CannedProject extends Project {
  installed(): readonly InstalledPackage[]
  /** From now on its `ggen.toml` asks for this. */
  ask(needs: readonly Dependency[]): void
}

const TAMPERED = parsePackageName('io.ggen.rust.cli')

const DIFFERENCES: readonly FileDifference[] = [{ path: 'notes.txt', what: 'extra' }, { path: 'templates/main.rs.tmpl', what: 'changed' }]

const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(chunks))

/** The project of an absolute folder, whose archives are as canned as the marketplace. */
export const cannedProject = (folder: string): CannedProject => {
  let lock: Lock = []
  let isLocked = false
  let needs: readonly Dependency[] = []
  const pathOf = (name: PackageName): string => join(folder, 'ggen_packages', name)
  const voucherOf = ({ identity, source }: LockedPackage): Pick<InstalledPackage, 'identity' | 'source'> => (identity === undefined ? { source } : { identity })
  return {
    read: async () => {
      const manifest = needs.length > 0 && { manifest: { file: 'ggen.toml', needs } }
      return { lock, isLocked, ...manifest, inPlace: new Map(lock.map(({ name, digest }) => [name, digest])), pathOf }
    },
    change: async ({ archives, lockAfter }) => {
      for (const { release, chunks } of archives) {
        if (digestOf(await bytesOf(chunks)) !== release.digest) throw new Error('the canned archive is broken')
      }
      lock = lockAfter(lock)
      isLocked = true
      return lock
    },
    ask: (wanted) => {
      needs = wanted
    },
    compare: async ({ release: { name } }) => (name === TAMPERED ? DIFFERENCES : []),
    installed: () => lock.map((one) => ({ name: one.name, version: one.version, ...voucherOf(one), digest: one.digest, path: pathOf(one.name) })),
  }
}
