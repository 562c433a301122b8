import { resolve } from 'node:path'
import { type ErrorCode, isGgenError, type Version } from '#core'
import type { PlannedPackageReply } from '#doors/control'
import { isInRange, type LockedPackage } from '#flow/install'
import { atOnce } from './at-once.ts'
import type { Context, Run } from './context.ts'
import type { OutdatedPackage } from './outcome.ts'
import { planProject } from './plan-project.ts'
import { type Asked, type WhomFlags, whomToAsk } from './whom-to-ask.ts'

/** Packages whose newest version is asked for at a time. */
const ASKED_AT_ONCE = 8

/** `ggen outdated`: which packages of a project have something newer, what of it suits, and who stands in the way of the rest. */
export const listOutdated =
  (given: string, flags: WhomFlags = {}): Run =>
  async (context) => {
    const asked = await whomToAsk(flags, context, given)
    const project = await context.world.openProject(resolve(context.environment.platform.workingFolder, given))
    const state = await project.read()
    const planned = new Map<string, PlannedPackageReply>()
    if (state.lock.length > 0) {
      const { plan } = await planProject(state, { specs: [], update: 'all', ...asked }, context)
      for (const one of plan.packages) planned.set(one.name, one)
    }
    const latest = new Map<string, Version>()
    await atOnce(state.lock, { width: ASKED_AT_ONCE, signal: context.deadline.signal }, async (locked, signal) => {
      const version = await newestOf(locked, { ...context, ...asked }, signal)
      if (version !== undefined) latest.set(locked.name, version)
    })
    const outdated = state.lock.map((locked) => describe(locked, planned.get(locked.name), latest.get(locked.name)))
    return { kind: 'outdated', value: { outdated: outdated.filter(({ current, wanted, latest: newest }) => current !== wanted || current !== newest) } }
  }

/** Then nobody here knows of anything newer. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['package-not-found', 'version-not-found', 'disputed'])

/** The newest version of the publisher, or of the index, that the lock names; nothing where it is not known. */
const newestOf = async (locked: LockedPackage, { client, registries }: Context & Asked, signal: AbortSignal): Promise<Version | undefined> => {
  const { name, identity, source } = locked
  try {
    const found = await client.info(identity === undefined ? name : `@${identity}/${name}`, signal, registries)
    // Another one under that name is nothing newer of this one.
    return found.source === source && !('without' in found) ? found.version : undefined
  } catch (error) {
    if (isGgenError(error) && UNKNOWN.has(error.code)) return undefined
    throw error
  }
}

const describe = ({ name, version: current }: LockedPackage, planned: PlannedPackageReply | undefined, latest: Version = current): OutdatedPackage => {
  const wanted = planned?.version ?? current
  if (latest === wanted) return { name, current, wanted, latest, heldBackBy: [] }
  const against = (planned?.wantedBy ?? []).flatMap(({ name: by, range }) =>
    (range === undefined || isInRange(latest, range) ? [] : [{ range, ...(by !== undefined && { by }) }]))
  return { name, current, wanted, latest, heldBackBy: against }
}
