import { dirname, resolve } from 'node:path'
import { type CheckedPack, checkPack, FOREIGN_LIMITS, isUpstreamLock, packsFailure, parseUpstreamLock } from '#foreign'
import type { Run } from './context.ts'
import { verifyProject } from './verify-project.ts'

export interface VerifyLockOptions {
  /** Where packs lie by their names, relative to the working folder. */
  readonly packs?: string
  readonly offline?: boolean
}

/** What `ggen verify LOCKFILE` found out about the lock of upstream's own program. */
export interface VerifiedLock {
  readonly lock: string
  readonly packs: readonly CheckedPack[]
}

/** `ggen verify LOCKFILE`: ours, of the project in which it lies, or that of upstream's program. */
export const verifyLock =
  (given: string, { packs, offline }: VerifyLockOptions = {}): Run =>
  async (context) => {
    const { world, environment, deadline: { signal } } = context
    const { workingFolder } = environment.platform
    const path = resolve(workingFolder, given)
    const text = Buffer.from(await world.readFile(path, FOREIGN_LIMITS.lockBytes)).toString('utf8')
    if (!isUpstreamLock(text)) return await verifyProject({ folder: dirname(path), ...(offline !== undefined && { offline }) })(context)
    const locked = parseUpstreamLock(text)
    const copies = await world.openPacks({ folder: dirname(path), ...(packs !== undefined && { packs: resolve(workingFolder, packs) }) })
    const checked: CheckedPack[] = []
    for (const pack of locked) checked.push(await checkPack(pack, copies, signal))
    const failure = packsFailure(checked)
    return { kind: 'lock-verified', value: { lock: path, packs: checked }, ...(failure !== undefined && { failure }) }
  }
