import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GgenError } from '#core'
import { look, move, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'

/** A text that lies in a project. */
export interface TextFile {
  readonly path: string
  readonly text: string
  /**
   * Puts another text in its place, all of it or nothing, with the rights that it has. Throws `conflict` where it was changed since it was read, `denied`,
   * `disk-full` and `store-broken`.
   */
  readonly replace: (text: string) => Promise<void>
}

type Stats = NonNullable<Awaited<ReturnType<typeof look>>>

const PERMISSIONS = 0o777n

const isSame = (a: Stats, b: Stats | undefined): boolean => b !== undefined && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs

const replace = async (path: string, was: Stats, text: string): Promise<void> => {
  const beside = join(dirname(path), `.${basename(path)}.ggen-${process.pid}`)
  await writeNewFile(beside, Number(was.mode & PERMISSIONS), [Buffer.from(text)])
  try {
    if (!isSame(was, await look(path))) throw new GgenError('conflict', `${path} was changed just now`, { hint: 'run the command again', details: { path } })
    await move(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}

/** Invalid UTF-8 could not be written back as it was. */
const textOf = (bytes: Uint8Array): string | undefined => {
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}

const read = async (path: string, mostBytes: number): Promise<TextFile | undefined> => {
  const was = await look(path)
  if (was?.isFile() !== true || was.size > mostBytes) return undefined
  // Nothing that was put in its place since then is followed elsewhere.
  const bytes = await coded(path, async () => {
    await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    return await file.readFile()
  })
  const text = textOf(bytes)
  return text === undefined ? undefined : { path, text, replace: (after) => replace(path, was, after) }
}

/**
 * The nearest file of each name, in an absolute folder or one of those above it. Links, what is larger than that, and what is no text in UTF-8 are left out.
 * Throws `denied` and `store-broken`.
 */
export const nearestFiles = async (folder: string, names: readonly string[], mostBytes: number): Promise<readonly TextFile[]> => {
  const found = new Map<string, TextFile>()
  for (let at = folder; ; at = dirname(at)) {
    for (const name of names) {
      const file = found.has(name) ? undefined : await read(join(at, name), mostBytes)
      if (file !== undefined) found.set(name, file)
    }
    if (dirname(at) === at) return names.flatMap((name) => found.get(name) ?? [])
  }
}
