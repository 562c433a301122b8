import { GgenError, type IdentityId, type PackageName } from '#core'
import type { FetchReply, PlanReply } from '#doors/control'
import { byName, formatLock, type Lock, type LockedPackage, type VerifiedArchive } from '#flow/install'
import type { Context } from './context.ts'
import { fetchPackages } from './fetch-packages.ts'
import type { FreshPackage, InstallReport, PlannedReport } from './outcome.ts'
import type { Project, ProjectState } from './project.ts'
import type { Asked } from './whom-to-ask.ts'

/** What a project is to become. */
export interface NextLock {
  readonly lock: Lock
  /** The publishers that the user chose on the way. */
  readonly trust: ReadonlyMap<PackageName, IdentityId>
  /** Absent where nothing had to be planned. */
  readonly plan?: PlanReply
}

export interface Decided extends Asked {
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
  readonly offline?: boolean
}

/** What a project is, and what it is to become. */
export interface Step {
  readonly project: Project
  readonly state: ProjectState
  readonly next: NextLock
}

interface Difference {
  readonly fresh: readonly LockedPackage[]
  readonly kept: Lock
  readonly removed: Lock
}

/** What has to be unpacked, what is right as it lies there, and what goes. */
const differenceOf = ({ lock, inPlace }: ProjectState, next: Lock): Difference => {
  const names = new Set(next.map(({ name }) => name))
  const sorted = next.toSorted(byName)
  return {
    fresh: sorted.filter(({ name, digest }) => inPlace.get(name) !== digest),
    kept: sorted.filter(({ name, digest }) => inPlace.get(name) === digest),
    removed: lock.filter(({ name }) => !names.has(name)),
  }
}

/** What would happen, and nothing does. */
export const planReport = ({ state, next: { lock, plan } }: Step): PlannedReport => {
  const { fresh, kept, removed } = differenceOf(state, lock)
  return {
    planned: fresh.map(({ name, version, identity, source, digest, sizeBytes }) =>
      ({ name, version, ...(identity === undefined ? { source } : { identity }), digest, sizeBytes, ...fromOf(state, name, version) })),
    ...restOf({ kept, removed, state, plan }),
  }
}

/**
 * Brings what is missing, verifies it, and makes all of the change at once; `undefined` where somebody else has changed the project meanwhile, and nothing
 * was done. Throws what the node and `changeProject` throw.
 */
export const applyLock = async ({ project, state, next }: Step, decided: Decided, context: Context): Promise<InstallReport | undefined> => {
  const { lock, trust, plan } = next
  const { fresh, kept, removed } = differenceOf(state, lock)
  warnOfLookAlikes(fresh, plan, context)
  const pinned = new Map(state.lock.flatMap(({ name, identity }) => (identity === undefined ? [] : [[name, identity] as const])))
  const fetched = await fetchPackages(fresh, { pinned, trust, ...decided }, context)
  const archives = fresh.map((release): VerifiedArchive => ({ release, chunks: context.client.readBlob(release.digest, context.deadline.signal) }))
  const isChanged = fresh.length > 0 || !state.isLocked || formatLock(state.lock) !== formatLock(lock)
  if (isChanged && !(await change({ project, state, next }, archives, context))) return undefined
  const installed = fresh.flatMap((one) => {
    const reply = fetched.get(one.name)
    return reply === undefined ? [] : freshOf(one, reply, state)
  })
  return { installed, ...restOf({ kept, removed, state, plan }) }
}

/** Whether it was made: not where the lock is not the one that the change was worked out for. */
const change = async ({ project, state, next }: Step, archives: readonly VerifiedArchive[], { deadline }: Context): Promise<boolean> => {
  const expected = formatLock(state.lock)
  let isStale = false
  const lockAfter = (before: Lock): Lock => {
    isStale = formatLock(before) !== expected
    if (isStale) throw new GgenError('too-busy', 'the project was changed by another install')
    return next.lock
  }
  try {
    await project.change({ archives, lockAfter }, deadline.signal)
    return true
  } catch (error) {
    if (!isStale) throw error
    return false
  }
}

const warnOfLookAlikes = (fresh: readonly LockedPackage[], plan: PlanReply | undefined, { show }: Context): void => {
  const names = new Set(fresh.map(({ name }) => name))
  for (const { name, lookAlikes = [] } of plan?.packages ?? []) {
    if (names.has(name) && lookAlikes.length > 0) show({ kind: 'alike', value: { name, lookAlikes } })
  }
}

const fromOf = ({ lock }: ProjectState, name: PackageName, version: string): Pick<FreshPackage, 'from'> => {
  const before = lock.find((one) => one.name === name)
  return before === undefined || before.version === version ? {} : { from: before.version }
}

const freshOf = (locked: LockedPackage, reply: FetchReply, state: ProjectState): FreshPackage => {
  const { name, version, identity, source, digest } = locked
  const { sources, resumedBytes, wastedBytes, durationMs, proof, lookAlikes } = reply
  return {
    name, version, ...(identity === undefined ? { source } : { identity }), digest, path: state.pathOf(name), ...fromOf(state, name, version),
    sources, resumedBytes, wastedBytes, durationMs, ...(proof !== undefined && { proof }), ...(lookAlikes !== undefined && { lookAlikes }),
  }
}

type Rest = Omit<Difference, 'fresh'> & { readonly state: ProjectState; readonly plan: PlanReply | undefined }

const restOf = ({ kept, removed, state, plan }: Rest): Omit<InstallReport, 'installed'> => ({
  kept: kept.map(({ name, version }) => ({ name, version })),
  removed: removed.map(({ name, version }) => ({ name, version, path: state.pathOf(name) })),
  left: plan?.left ?? [],
  ...(plan?.cycles !== undefined && { cycles: plan.cycles }),
})
