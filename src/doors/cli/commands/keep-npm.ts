import { resolve } from 'node:path'
import { GgenError } from '#core'
import type { Context, Run } from './context.ts'
import type { NpmKeptLock } from './outcome.ts'
import { allLocked, type ReadLockfile, readLockfiles } from './read-lockfiles.ts'
import { bringAll, failureOf } from './warm-npm.ts'

export interface KeepWish {
  /** Copies on other nodes. */
  readonly replicas: number
  /** How long others get to have them. */
  readonly waitMs: number
}

const keepOne = async (context: Context, file: ReadLockfile, { replicas, waitMs }: KeepWish): Promise<NpmKeptLock> => {
  const { client, deadline } = context
  const { brought, missing } = await bringAll(allLocked([file]), context)
  const tarballs = [...new Set(brought.map(({ reply }) => reply.sha512))]
  const { archives, bytes, missing: gone } = await client.npmKeep({ lockfile: file.path, tarballs, replicas }, deadline.signal)
  if (gone.length > 0) throw new GgenError('disk-full', `${gone.length} archives went before they were kept`, { hint: 'give the node more room' })
  // The node keeps the time from here, so that who keeps copies is known also when it is over.
  deadline.lift()
  const none = { wanted: replicas, lowest: 0, share: 1, peers: [] }
  const copies = archives === 0 ? none : await client.npmCopies({ lockfile: file.path, waitMs }, deadline.signal)
  return { lockfile: file.path, archives, bytes, missing, copies }
}

/** What lacks copies on other nodes; what is missing altogether is worse. */
const failureOfAll = (kept: readonly NpmKeptLock[]): GgenError | undefined => {
  const missing = failureOf(kept.flatMap((one) => one.missing), kept.reduce((sum, one) => sum + one.archives + one.missing.length, 0))
  const thin = kept.find(({ archives, copies: { lowest, wanted } }) => archives > 0 && lowest < wanted)
  if (missing !== undefined || thin === undefined) return missing
  const { copies: { lowest, wanted } } = thin
  return new GgenError('replicas-missing', `some archives are on ${lowest} of ${wanted} other nodes`, {
    hint: 'what is kept here stays, and the node asks others of your private network as they come: ggen npm keep --list; or ask for fewer with --replicas',
  })
}

/** `ggen npm keep LOCKFILE…`: brings what lock files need, keeps it here, and has others of the private network keep copies. */
export const keepNpm = (paths: readonly string[], wish: KeepWish): Run => async (context) => {
  if (paths.length === 0) throw new GgenError('usage', 'no lock file is named', { hint: 'ggen npm keep package-lock.json, or see what is kept with --list' })
  const files = await readLockfiles(context, paths)
  const kept: NpmKeptLock[] = []
  for (const file of files) kept.push(await keepOne(context, file, wish))
  const failure = failureOfAll(kept)
  return { kind: 'npm-kept', value: { kept }, ...(failure !== undefined && { failure }) }
}

/** `ggen npm keep --list`: what stays, and for which lock files and peers. */
export const listKeptNpm = (): Run => async ({ client, deadline: { signal } }) => ({ kind: 'npm-kept-list', value: await client.npmKept(signal) })

/** `ggen npm keep --drop LOCKFILE…`: lock files keep nothing here any more; they need not be there. */
export const dropKeptNpm = (paths: readonly string[]): Run => async ({ client, deadline: { signal }, environment: { platform } }) => {
  if (paths.length === 0) throw new GgenError('usage', 'no lock file is named', { hint: 'see which keep something with: ggen npm keep --list' })
  const dropped: string[] = []
  for (const path of paths.map((given) => resolve(platform.workingFolder, given))) {
    const { dropped: isDropped } = await client.npmUnkeep(path, signal)
    if (!isDropped) throw new GgenError('not-pinned', `${path} keeps nothing here`, { hint: 'see which lock files do with: ggen npm keep --list' })
    dropped.push(path)
  }
  return { kind: 'npm-unkept', value: { dropped } }
}
