import { type Dependency, GgenError, LIMITS, type PackageName, type Version } from '#core'
import { ABSENT, candidateBit, NONE, preferred } from './choices.ts'
import { type Clause, type Fact, factClause, factsOf } from './clause.ts'
import { Deduction } from './deduction.ts'
import { OptionalNames } from './optional-names.ts'
import { canDoWithout, type Offer, type ProjectWish, Variable } from './universe.ts'

/** A wish that is not listened to, to see whether that would help: what the project wants of a package, or what one package wants of another. */
export interface Relaxation {
  /** Absent: the project. */
  readonly from?: PackageName
  readonly name: PackageName
}

export interface ResolutionQuestion {
  readonly wishes: readonly ProjectWish[]
  readonly relaxed?: Relaxation
  /** Throws `too-busy` beyond so many steps; `LIMITS.planSteps` where it is absent. */
  readonly maxSteps?: number
}

export interface ReleaseKey {
  readonly name: PackageName
  readonly version: Version
}

export interface ChosenRelease extends ReleaseKey {
  readonly dependencies: readonly Dependency[]
}

/** An optional package that nothing of the choice has, and what it stands on that it has not. */
export interface Missing {
  readonly name: PackageName
  readonly facts: readonly Fact[]
}

/**
 * What is to be done next. `ask`: say what is known of these; more may be named than is needed at once · `pause`: go on after others had a turn · `solved` ·
 * `failed`: there is no choice, because of these facts.
 */
export type ResolutionStep =
  | { readonly type: 'ask'; readonly names: readonly PackageName[]; readonly releases: readonly ReleaseKey[] }
  | { readonly type: 'pause' }
  | { readonly type: 'solved'; readonly chosen: readonly ChosenRelease[]; readonly missing: readonly Missing[] }
  | { readonly type: 'failed'; readonly facts: readonly Fact[] }

const NO_DEPENDENCIES: readonly Dependency[] = []

/** Steps between two pauses: a few milliseconds. */
const TURN_STEPS = 2000

/** Looks at what is optional that take as long as a conclusion. */
const LOOKS = 16

/** Releases that are asked about at once, ahead of need. */
const AHEAD = 64

const keyOf = ({ name, version }: ReleaseKey): string => `${name}@${version}`

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : Number(a.name > b.name))

/**
 * Chooses one release of each package that a project needs, so that all suit each other. Asks for what it has to know and decides without any I/O; the same
 * answers give the same choice in whatever order they come. What it learns from a dead end it never tries again: clauses, as PubGrub has them, over finite
 * sets of candidates.
 */
export class Resolution {
  readonly #question: ResolutionQuestion
  readonly #wishes: readonly ProjectWish[]
  readonly #offers = new Map<PackageName, Offer>()
  readonly #told = new Map<string, readonly Dependency[] | GgenError>()
  readonly #variables = new Map<PackageName, Variable>()
  /** Clauses of releases that were looked at: they hold wherever the release is chosen. */
  readonly #known = new Map<string, readonly Clause[]>()
  /** What optional peers say of packages that nobody has brought yet. */
  readonly #waiting = new Map<PackageName, (() => Clause | undefined)[]>()
  readonly #deduction = new Deduction((steps) => this.#count(steps))
  readonly #optionalNames = new OptionalNames()
  #begun = false
  #steps = 0
  #pauseAt = TURN_STEPS

  constructor(question: ResolutionQuestion) {
    this.#question = question
    this.#wishes = question.wishes.toSorted(byName)
  }

  /** Says which releases of a name may be chosen. */
  offer(name: PackageName, offer: Offer): void {
    this.#offers.set(name, offer)
  }

  /** Says what a release wants, or why nobody knows. */
  tell(release: ReleaseKey, dependencies: readonly Dependency[] | GgenError): void {
    this.#told.set(keyOf(release), dependencies instanceof GgenError ? dependencies : dependencies.toSorted(byName))
  }

  /** Goes on as far as it can. Throws `too-busy` where the question is too hard. */
  next(): ResolutionStep {
    this.#pauseAt = this.#steps + TURN_STEPS
    for (;;) {
      const failed = this.#deduction.conclude(() => this.#steps < this.#pauseAt)
      if (failed === 'pause') return { type: 'pause' }
      if (failed !== undefined) return { type: 'failed', facts: factsOf([failed]) }
      const step = this.#begun ? this.#advance() : this.#begin()
      if (step !== undefined) return step
    }
  }

  #begin(): ResolutionStep | undefined {
    const ask = this.#askNames(this.#wishes.map(({ name }) => name))
    if (ask !== undefined) return ask
    for (const wish of this.#wishes) {
      const variable = this.#variable(wish.name)
      const range = this.#isRelaxed(wish) ? undefined : wish.range
      this.#learn(factClause([[variable, variable.unsuited(range, wish.optional)]], { kind: 'wish', wish }))
    }
    this.#begun = true
    return undefined
  }

  #advance(): ResolutionStep | undefined {
    const variable = this.#deduction.nextNeeded() ?? this.#nextOptional()
    if (variable === undefined) return this.#solution()
    const index = preferred(this.#deduction.open(variable))
    const candidate = index === undefined ? undefined : variable.candidates[index]
    if (index === undefined || candidate === undefined) throw new GgenError('internal', `nothing is open for ${variable.name}`)
    const release = { name: variable.name, version: candidate.version }
    const dependencies = candidate.isLeaf ? NO_DEPENDENCIES : this.#told.get(keyOf(release))
    if (dependencies === undefined) return this.#askAhead(release)
    const bit = candidateBit(index)
    if (dependencies instanceof GgenError) {
      this.#learn(factClause([[variable, bit]], { kind: 'unusable', ...release, error: dependencies }))
      return undefined
    }
    const ask = this.#askNames(dependencies.filter(({ kind }) => kind !== 'optional-peer').map(({ name }) => name))
    if (ask !== undefined) return ask
    const isChosen = this.#deduction.choose(variable, index, this.#clausesOf(variable, index, dependencies))
    if (isChosen && this.#deduction.chosen.size > LIMITS.planPackages) {
      throw new GgenError('too-busy', `more than ${LIMITS.planPackages} packages are needed`, { hint: SMALLER })
    }
    return undefined
  }

  /** The clauses of a release, made once. */
  #clausesOf(variable: Variable, index: number, dependencies: readonly Dependency[]): readonly Clause[] {
    const version = variable.candidates[index]?.version
    if (version === undefined) return []
    const key = keyOf({ name: variable.name, version })
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const clauses: Clause[] = []
    for (const dependency of dependencies) {
      const { name } = dependency
      const make = (): Clause | undefined => {
        const other = this.#variable(name)
        const range = this.#isRelaxed({ name, from: variable.name }) ? undefined : dependency.range
        const unsuited = other.unsuited(range, canDoWithout(dependency))
        return factClause([[variable, candidateBit(index)], [other, unsuited]], { kind: 'dependency', from: variable.name, version, dependency })
      }
      if (dependency.kind === 'optional-peer' && !this.#variables.has(name)) this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), make])
      else clauses.push(...[make()].flatMap((clause) => clause ?? []))
    }
    for (const clause of clauses) this.#deduction.add(clause)
    this.#known.set(key, clauses)
    return clauses
  }

  // ---- what may be left out

  /** What is optional comes last, in the order of names: it never changes what is chosen of the rest. */
  #nextOptional(): Variable | undefined {
    let next: Variable | undefined
    let looked = 0
    for (const variable of this.#optional()) {
      looked += 1
      if (next !== undefined && next.name < variable.name) continue
      if (!this.#deduction.chosen.has(variable) && (this.#deduction.open(variable) & ~ABSENT) !== NONE) next = variable
    }
    this.#count(Math.ceil(looked / LOOKS))
    return next
  }

  /** Packages that the project or something that was chosen would like to have. */
  *#optional(): Generator<Variable> {
    this.#optionalNames.follow(this.#deduction.choices, ({ variable, index }) =>
      this.#dependenciesOf(variable, index).flatMap(({ kind, name }) => (kind === 'optional' ? name : [])))
    for (const { optional, name } of this.#wishes) if (optional) yield this.#variable(name)
    for (const name of this.#optionalNames.names()) yield this.#variable(name)
  }

  #dependenciesOf(variable: Variable, index: number): readonly Dependency[] {
    const candidate = variable.candidates[index]
    const told = candidate === undefined || candidate.isLeaf ? undefined : this.#told.get(keyOf({ name: variable.name, version: candidate.version }))
    return told === undefined || told instanceof GgenError ? NO_DEPENDENCIES : told
  }

  #solution(): ResolutionStep {
    const chosen = [...this.#deduction.chosen].flatMap(([variable, index]) => {
      const candidate = variable.candidates[index]
      return candidate === undefined ? [] : { name: variable.name, version: candidate.version, dependencies: this.#dependenciesOf(variable, index) }
    })
    const missing = new Set([...this.#optional()].filter((variable) => !this.#deduction.chosen.has(variable)))
    return {
      type: 'solved',
      chosen: chosen.sort(byName),
      missing: [...missing].sort(byName).map((variable) => ({ name: variable.name, facts: factsOf(this.#deduction.reasons(variable)) })),
    }
  }

  // ---- what has to be known

  #variable(name: PackageName): Variable {
    let variable = this.#variables.get(name)
    if (variable === undefined) {
      const offer = this.#offers.get(name)
      if (offer === undefined) throw new GgenError('internal', `nothing is known of ${name}`)
      variable = new Variable(name, this.#variables.size, offer)
      this.#variables.set(name, variable)
      for (const make of this.#waiting.get(name) ?? []) this.#learn(make())
      this.#waiting.delete(name)
    }
    return variable
  }

  #askNames(names: readonly PackageName[]): ResolutionStep | undefined {
    const unknown = names.filter((name) => !this.#offers.has(name))
    return unknown.length === 0 ? undefined : { type: 'ask', names: unknown, releases: [] }
  }

  /** Asks what a release wants, and as well what others will be asked next, so that they are brought together. */
  #askAhead(release: ReleaseKey): ResolutionStep {
    const releases = new Map([[keyOf(release), release]])
    for (const variable of this.#deduction.neededSoon(AHEAD)) {
      const candidate = variable.candidates[preferred(this.#deduction.open(variable)) ?? -1]
      if (candidate === undefined || candidate.isLeaf) continue
      const key = { name: variable.name, version: candidate.version }
      if (!this.#told.has(keyOf(key))) releases.set(keyOf(key), key)
    }
    return { type: 'ask', names: [], releases: [...releases.values()] }
  }

  #isRelaxed({ from, name }: Relaxation): boolean {
    const { relaxed } = this.#question
    return relaxed !== undefined && relaxed.name === name && relaxed.from === from
  }

  #learn(clause: Clause | undefined): void {
    if (clause !== undefined) this.#deduction.add(clause)
  }

  #count(steps: number): void {
    this.#steps += steps
    const { maxSteps = LIMITS.planSteps } = this.#question
    if (this.#steps > maxSteps) throw new GgenError('too-busy', 'there are too many ways to choose versions that suit each other', { hint: SMALLER })
  }
}

const SMALLER = 'ask for fewer packages at once, or for exact versions of those that many others want'
