import { GgenError, isGgenError, LIMITS, type PackageName } from '#core'
import { checkRange, type Fact, type PassedOver, passedOver, type ProjectWish, type Relaxation } from '#flow/resolve'
import type { InstallPlan, LockedRelease, PlanRequest, WantedPackage } from './install-plan.ts'
import { composePlan } from './compose-plan.ts'
import { type OptionsRequest, PlanSession, type PlanSources, type Settled } from './plan-session.ts'

/** Wishes that one tries to do without to find out what would help, and how hard. */
const TRIES = 6
const TRY_STEPS = 100_000

/** Names about which peers are asked once more where there is no choice. */
const RENEWED = 32

/** Chooses one release of each package that a project needs, out of what this node knows and what peers tell. */
export class Planner {
  readonly #sources: PlanSources

  constructor(sources: PlanSources) {
    this.#sources = sources
  }

  /** Throws as `Marketplace.plan`. */
  async plan(request: PlanRequest, signal: AbortSignal): Promise<InstallPlan> {
    const wishes = wishesOf(request)
    const isOffline = request.offline === true
    const session = new PlanSession(this.#sources, requestOf(request), { isOffline, signal })
    let settled = await session.resolve({ wishes })
    if (settled.type === 'failed' && !isOffline && (await session.renew(lackingOf(settled.facts, session)))) settled = await session.resolve({ wishes })
    if (settled.type === 'failed') throw await whyFailed(settled.facts, wishes, session)
    const over = passedOver(settled.chosen, wishes, {
      offerOf: (name) => session.offerOf(name),
      releases: session.known,
      isOpen: ({ code }) => (OPEN.has(code) || (!isOffline && code === 'no-holder')),
    })
    if (over !== undefined) throw heldBack(over)
    return composePlan(request, settled, session)
  }
}

/** Somebody has to decide, or to come back, before it is known whether such a package may be had. */
const OPEN: ReadonlySet<string> = new Set(['name-unverified', 'name-unproven', 'name-contested', 'identity-changed', 'rollback'])

const wishesOf = ({ wanted, locked }: PlanRequest): readonly ProjectWish[] => {
  if (wanted.length > LIMITS.planWishes || locked.length > LIMITS.planPackages) {
    throw new GgenError('too-busy', 'the project wants too much at once', { hint: `at most ${LIMITS.planWishes} packages` })
  }
  for (const [what, names] of [['wanted', wanted.map(({ spec }) => spec.name)], ['locked', locked.map(({ name }) => name)]] as const) assertOnce(names, what)
  for (const lock of locked) if (lock.source !== undefined) for (const { range } of lock.dependencies) checkRange(range)
  return wanted.map(({ spec, optional = false }) => {
    const range = rangeOf(spec.range)
    return { name: spec.name, ...(range !== undefined && { range }), optional }
  })
}

const rangeOf = (range: string | undefined): string | undefined => {
  if (range === undefined || range === 'latest') return undefined
  checkRange(range)
  return range
}

const assertOnce = (names: readonly PackageName[], what: string): void => {
  const seen = new Set<PackageName>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined) throw new GgenError('usage', `${twice} is ${what} twice`)
}

const requestOf = ({ wanted, locked, update = [], offline = false, acceptAdvisory = false }: PlanRequest) => {
  const wishes = new Map<PackageName, WantedPackage>(wanted.map((one) => [one.spec.name, one]))
  const updated = new Set<PackageName>(update === 'all' ? [] : update)
  const locks = new Map<PackageName, LockedRelease>(locked.map((one) => [one.name, one]))
  return (name: PackageName): Omit<OptionsRequest, 'wantsNews'> => {
    const { spec = { name }, trust } = wishes.get(name) ?? {}
    const lock = locks.get(name)
    const asked = spec.identity ?? (lock?.source === undefined ? undefined : trust)
    if (lock !== undefined && asked !== undefined && asked !== lock.identity) throw otherPublisher(lock, asked)
    const { range: _asked, ...rest } = spec
    const range = rangeOf(spec.range)
    return {
      spec: { ...rest, ...(range !== undefined && { range }) },
      ...(trust !== undefined && { trust }),
      ...(lock !== undefined && { locked: lock }),
      keepsLocked: update !== 'all' && !updated.has(name),
      isNamed: updated.has(name),
      acceptAdvisory,
      isOffline: offline,
    }
  }
}

const otherPublisher = ({ name, identity, source }: LockedRelease, asked: string): GgenError => {
  const pinned = identity ?? source
  const whose = identity === undefined ? `of ${pinned}` : `published by ${pinned}`
  return new GgenError('identity-changed', `${name} of this project is ${whose}; what is asked for is of ${asked}`, {
    hint: `if the author confirms the change, remove ${name} and install it again`, details: { name, pinned, other: asked },
  })
}

/** Names of which more may be known elsewhere. */
const lackingOf = (facts: readonly Fact[], session: PlanSession): readonly PackageName[] => {
  const wanted = facts.flatMap((fact) => (fact.kind === 'wish' ? fact.wish : fact.kind === 'dependency' ? fact.dependency : []))
  const lacking = wanted.filter(({ name, range }) => {
    const offer = session.offerOf(name)
    if ('refused' in offer) return offer.refused.code === 'version-not-found'
    return session.whyNone(name, range).code === 'version-not-found'
  })
  return [...new Set(lacking.map(({ name }) => name))].sort().slice(0, RENEWED)
}

/** The error that says who wants what, and what would help. */
const whyFailed = async (facts: readonly Fact[], wishes: readonly ProjectWish[], session: PlanSession): Promise<GgenError> => {
  const { error, relaxations } = session.explain(facts)
  const helps: (Relaxation & { readonly version?: string })[] = []
  for (const relaxed of relaxations.slice(0, TRIES)) {
    const settled = await tryWithout(relaxed, wishes, session)
    if (settled?.type !== 'solved') continue
    const version = settled.chosen.find(({ name }) => name === relaxed.name)?.version
    helps.push({ ...relaxed, ...(version !== undefined && { version }) })
  }
  if (helps.length === 0) return error
  return new GgenError(error.code, error.message, { hint: helps.map(helpText).join('; or '), details: { ...error.details, helps } })
}

const tryWithout = async (relaxed: Relaxation, wishes: readonly ProjectWish[], session: PlanSession): Promise<Settled | undefined> => {
  try {
    return await session.resolve({ wishes, relaxed, maxSteps: TRY_STEPS })
  } catch (error) {
    // Then nobody knows whether it would help.
    if (isGgenError(error, 'too-busy')) return undefined
    throw error
  }
}

const helpText = ({ from, name, version }: Relaxation & { readonly version?: string }): string =>
  from === undefined
    ? `with ${name}${version === undefined ? '' : `@${version}`} everything suits`
    : `ask the publisher of ${from} for a release that takes ${name}${version === undefined ? '' : ` ${version}`}`

const heldBack = ({ name, version, chosen, dependency, error }: PassedOver): GgenError => {
  const identity = error.details['identity']
  const who = typeof identity === 'string' ? identity : 'IDENTITY'
  const bind = `see who it is: ggen trust why ${dependency.name}; then bind the name to it: ggen trust add ${who} --name ${dependency.name}`
  const decide = OPEN.has(error.code) ? bind : error.hint
  return new GgenError(error.code, `${error.message}; ${name} ${version} wants ${dependency.name}@${dependency.range}`, {
    cause: error, hint: `${decide}; or do without it: ggen install ${name}@${chosen}`, details: { ...error.details, wantedBy: { name, versions: [version] } },
  })
}
