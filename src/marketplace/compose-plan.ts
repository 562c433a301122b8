import type { Dependency, PackageName } from '#core'
import { type ChosenRelease, findCycles, type Missing } from '#flow/resolve'
import type { InstallPlan, LeftOut, LockedRelease, PlannedPackage, PlannedWanter, PlanRequest } from './install-plan.ts'
import type { PlanSession } from './plan-session.ts'

interface Solved {
  readonly chosen: readonly ChosenRelease[]
  readonly missing: readonly Missing[]
}

/** The plan that a choice is. Throws `downgrade`, unless that was accepted. */
export const composePlan = (request: PlanRequest, { chosen, missing }: Solved, session: PlanSession): InstallPlan => {
  const acceptsDowngrade = request.acceptDowngrade === true
  const versions = new Map(chosen.map(({ name, version }) => [name, version]))
  const wanters = wantersOf(request, chosen)
  const locks = new Map(request.locked.map((lock) => [lock.name, lock]))
  const needs = chosen.map(({ name, dependencies }) => [name, dependencies.filter((one) => one.kind !== 'optional-peer' && versions.has(one.name))] as const)
  const cycles = findCycles(new Map(needs.map(([name, needed]) => [name, needed.map((one) => one.name)])))
  return {
    packages: chosen.map((release) => planned(release, locks.get(release.name), { session, acceptsDowngrade, versions, wanters })),
    left: missing.map((one) => leftOut(one, session, wanters)),
    ...(cycles.length > 0 && { cycles }),
  }
}

type Wanters = ReadonlyMap<PackageName, readonly PlannedWanter[]>

/** Everybody who wants a name, the project first. */
const wantersOf = ({ wanted }: PlanRequest, chosen: readonly ChosenRelease[]): Wanters => {
  const pairs = [
    ...wanted.map(({ spec: { name, range }, optional }): readonly [PackageName, PlannedWanter] =>
      [name, { ...(range !== undefined && { range }), kind: optional === true ? 'optional' : 'needed' }]),
    ...chosen.flatMap(({ name: by, dependencies }) =>
      dependencies.map(({ name, range, kind }: Dependency): readonly [PackageName, PlannedWanter] => [name, { name: by, range, kind }])),
  ]
  return new Map([...Map.groupBy(pairs, ([name]) => name)].map(([name, wanters]) => [name, wanters.map(([, wanter]) => wanter)]))
}

interface Surroundings {
  readonly session: PlanSession
  readonly acceptsDowngrade: boolean
  readonly versions: ReadonlyMap<PackageName, ChosenRelease['version']>
  readonly wanters: Wanters
}

const planned = (chosen: ChosenRelease, lock: LockedRelease | undefined, { session, acceptsDowngrade, versions, wanters }: Surroundings): PlannedPackage => {
  const { name, version, dependencies } = chosen
  const { options: { lookAlikes }, option } = session.offered(chosen)
  if (!acceptsDowngrade) option.assertNoDowngrade()
  const told = option.told()
  return {
    name, version, ...told,
    dependencies: dependencies.map((one) => {
      const has = versions.get(one.name)
      return { ...one, ...(has !== undefined && { version: has }) }
    }),
    wantedBy: wanters.get(name) ?? [],
    isLocked: lock?.version === version && lock.identity === told.identity && lock.source === told.source && lock.digest === told.digest,
    ...(lookAlikes.length > 0 && { lookAlikes }),
  }
}

const leftOut = ({ name, facts }: Missing, session: PlanSession, wanters: Wanters): LeftOut => {
  const offer = session.offerOf(name)
  const { code, message } = 'refused' in offer ? offer.refused : session.explain(facts).error
  return { name, wantedBy: wanters.get(name) ?? [], why: { code, message } }
}
