import { GgenError, isGgenError } from '#core'
import type { NpmBroughtReply } from '#doors/control'
import type { LockedPackage } from '#npm/lockfiles'
import { atOnce } from './at-once.ts'
import type { Context, Run } from './context.ts'
import type { MissingArchive, NpmWarmedReply } from './outcome.ts'
import { allLocked, readLockfiles } from './read-lockfiles.ts'

/** Archives that are brought at a time. */
const BROUGHT_AT_ONCE = 8

/** What says nothing of one archive: nothing else would come either. */
const HOPELESS: ReadonlySet<string> = new Set(['daemon-not-running', 'no-npm-door', 'config-invalid', 'store-broken', 'disk-full', 'cancelled', 'internal'])

/** What became of the archives of a lock file. */
export interface Brought {
  readonly brought: readonly { readonly locked: LockedPackage; readonly reply: NpmBroughtReply }[]
  readonly missing: readonly MissingArchive[]
}

const byName = (a: MissingArchive, b: MissingArchive): number => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1)

/** Brings archives into the node, several at a time. Throws what stands in the way of all of them; what one fails with is part of the result. */
export const bringAll = async (packages: readonly LockedPackage[], { client, deadline, watchCount }: Context): Promise<Brought> => {
  const brought: { readonly locked: LockedPackage; readonly reply: NpmBroughtReply }[] = []
  const missing: MissingArchive[] = []
  const watch = watchCount ?? (async (_what, work) => await work(() => undefined))
  let bytes = 0
  await watch('fetching', async (onProgress) => {
    await atOnce(packages, { width: BROUGHT_AT_ONCE, signal: deadline.signal }, async (locked, signal) => {
      const { name, version, integrity, resolved, isOptional = false } = locked
      try {
        const wish = { name, version, ...(integrity !== undefined && { integrity }), ...(resolved !== undefined && { resolved }) }
        const reply = await client.npmBring(wish, signal)
        bytes += reply.from === 'disk' ? 0 : reply.sizeBytes
        brought.push({ locked, reply })
      } catch (error) {
        if (signal.aborted || !isGgenError(error) || HOPELESS.has(error.code)) throw error
        missing.push({ name, version, isOptional, code: error.code, message: error.message })
      }
      onProgress({ done: brought.length + missing.length, of: packages.length, bytes })
    })
  })
  return { brought, missing: missing.toSorted(byName) }
}

/** How much came from where. */
const countSources = (brought: Brought['brought']): NpmWarmedReply['from'] =>
  (['disk', 'peer', 'network', 'upstream'] as const).flatMap((from) => {
    const some = brought.map(({ reply }) => reply).filter((reply) => reply.from === from)
    const peers = new Set(some.flatMap(({ givers = [] }) => givers.map(({ peer }) => peer)))
    const bytes = some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return some.length === 0 ? [] : [{ from, archives: some.length, bytes, peers: [...peers].toSorted() }]
  })

/** What is missing of what cannot be done without; `undefined`: nothing. */
export const failureOf = (missing: readonly MissingArchive[], all: number): GgenError | undefined => {
  const needed = missing.filter(({ isOptional }) => !isOptional)
  if (needed.length === 0) return undefined
  const packages = needed.map(({ name, version }) => `${name}@${version}`)
  return new GgenError('no-holder', `${needed.length} of ${all} archives are not here, and nobody gives them`, {
    hint: 'see why one is missing with: ggen npm probe NAME@VERSION', details: { packages },
  })
}

/** `ggen npm warm LOCKFILE…`: brings everything that lock files need into the node. */
export const warmNpm = (paths: readonly string[]): Run => async (context) => {
  const files = await readLockfiles(context, paths)
  const packages = allLocked(files)
  const { brought, missing } = await bringAll(packages, context)
  const value: NpmWarmedReply = {
    lockfiles: files.map(({ path, format, packages: own, leftOutCount }) => ({ path, format, archives: own.length, leftOut: leftOutCount })),
    archives: packages.length, from: countSources(brought), missing,
  }
  const failure = failureOf(missing, packages.length)
  return { kind: 'npm-warmed', value, ...(failure !== undefined && { failure }) }
}
