import { resolve } from 'node:path'
import { GgenError } from '#core'
import { LOCKFILE_LIMITS, type LockedPackage, type LockfileContents, parseLockfile } from '#npm/lockfiles'
import type { Context } from './context.ts'

/** A lock file of a package manager, and what is in it. */
export interface ReadLockfile extends LockfileContents {
  /** Absolute. */
  readonly path: string
}

/** Reads lock files of npm, pnpm, yarn and bun. Throws `path-not-found`, `usage` and `lock-invalid`. */
export const readLockfiles = async ({ world, environment }: Context, paths: readonly string[]): Promise<readonly ReadLockfile[]> =>
  await Promise.all(paths.map(async (given): Promise<ReadLockfile> => {
    const path = resolve(environment.platform.workingFolder, given)
    const bytes = await world.readFile(path, LOCKFILE_LIMITS.fileChars)
    return { path, ...parseLockfile(path, textOf(path, bytes)) }
  }))

const textOf = (path: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new GgenError('lock-invalid', `${path}: it is not UTF-8`, { cause, hint: 'make it again with the client that wrote it' })
  }
}

/** What all of them need, each once; it is optional where it is so in all. */
export const allLocked = (files: readonly ReadLockfile[]): readonly LockedPackage[] => {
  const all = new Map<string, LockedPackage>()
  for (const locked of files.flatMap(({ packages }) => packages)) {
    const key = `${locked.name} ${locked.version} ${locked.integrity ?? ''}`
    if (all.get(key) === undefined || locked.isOptional !== true) all.set(key, locked)
  }
  return [...all.values()]
}
