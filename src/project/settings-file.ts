import { randomBytes } from 'node:crypto'
import { chmod, readFile, realpath, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GgenError } from '#core'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'

/** A file of settings that another program reads. */
export interface SettingsFile {
  /** Where it is, links followed. */
  readonly path: string
  /** `undefined`: there is none. Throws `config-invalid` for what is no file or larger than 1 MiB, `denied` and `store-broken`. */
  read(): Promise<Uint8Array | undefined>
  /**
   * Takes its place in one step, with the rights that it had, or, of a new file, `mode` as far as the user's mask lets it; `after` is `undefined`: removes it.
   * Throws `conflict` where it is not `before` any more, and then changes nothing; `denied`, `disk-full` and `store-broken`.
   */
  replace(change: { readonly before: Uint8Array | undefined; readonly after: Uint8Array | undefined; readonly mode: number }): Promise<void>
}

const MOST_BYTES = 1024 * 1024
const RIGHTS = 0o7777

/** Follows links, so that a file that is kept elsewhere stays there. */
const placeOf = async (path: string): Promise<string> => {
  const there = await look(path)
  return there?.isSymbolicLink() === true ? await coded(path, async () => await realpath(path)) : path
}

const readAt = async (path: string): Promise<Uint8Array | undefined> => {
  const there = await look(path)
  if (there === undefined) return undefined
  if (there.isFile() && there.size <= MOST_BYTES) return await coded(path, async () => await readFile(path))
  throw new GgenError('config-invalid', `${path} is no file of settings`, { hint: 'look what lies there', details: { path } })
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => (a === undefined || b === undefined ? a === b : Buffer.from(a).equals(b))

/** The file at an absolute path, whether it is there or not. Throws `path-not-found` for a link that leads nowhere, and `denied`. */
export const openSettingsFile = async (absolute: string): Promise<SettingsFile> => {
  const path = await placeOf(absolute)
  return {
    path,
    read: () => readAt(path),
    replace: async ({ before, after, mode }) => {
      const there = await look(path)
      if (!isSame(await readAt(path), before)) {
        throw new GgenError('conflict', `${path} was changed meanwhile`, { hint: 'run the command again', details: { path } })
      }
      if (after === undefined) {
        await coded(path, async () => await rm(path, { force: true }))
        return await flushFolder(dirname(path))
      }
      const draft = `${path}.${randomBytes(8).toString('hex')}.ggen`
      try {
        await writeNewFile(draft, there === undefined ? mode : 0o600, [after])
        if (there !== undefined) await coded(draft, async () => await chmod(draft, Number(there.mode) & RIGHTS))
        await move(draft, path)
      } finally {
        await rm(draft, { force: true })
      }
    },
  }
}
