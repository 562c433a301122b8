import { type Dependency, GgenError, isGgenError, LIMITS, type LookAlike, type PackageName, type Version, type Voucher } from '#core'
import {
  type ChosenRelease, explainConflict, type Explanation, type Fact, type Missing, type Offer, type ReleaseKey, Resolution, type ResolutionQuestion,
} from '#flow/resolve'
import type { CandidatesRequest } from './install-gate.ts'
import type { LockedRelease, PlannedPackage } from './install-plan.ts'

/** One release of a name that may be chosen, whoever vouches for it. */
export interface PlanOption {
  readonly version: Version
  /** It wants nothing: nobody has to be asked what it wants. */
  readonly isLeaf: boolean
  /** Whether its archive is here. */
  holds(): Promise<boolean>
  /** What it wants, or what is wrong with it for everybody. Throws `no-holder` and the like where nobody says, and what the store throws. */
  wants(options: { readonly isOffline: boolean; readonly signal: AbortSignal }): Promise<readonly Dependency[] | GgenError>
  /** Throws `downgrade` for one that must not be installed after the one before. */
  assertNoDowngrade(): void
  /** What a plan says of it, once it is known what it wants. */
  told(): Voucher & Pick<PlannedPackage, 'digest' | 'sha512' | 'sizeBytes'>
}

/** The releases of a name that a plan may choose from, the preferred first. */
export interface PlanOptions {
  readonly releases: readonly PlanOption[]
  /** Known names that its name can be taken for; none where it was bound. */
  readonly lookAlikes: readonly LookAlike[]
  /** Why nothing in a range may be installed, where nothing is. */
  readonly whyNone: (range: string | undefined) => GgenError
}

/** A name of which a plan may choose a release, whoever vouches for it. */
export interface OptionsRequest extends Omit<CandidatesRequest, 'locked' | 'among'> {
  readonly locked?: LockedRelease
  /** The user asks for something newer of this very name. */
  readonly isNamed?: boolean
}

export interface PlanSources {
  /** Throws as `InstallGate.candidates`. */
  readonly candidates: (request: OptionsRequest, signal: AbortSignal) => Promise<PlanOptions>
  /** Resolves when others had a turn. */
  readonly pause: (signal: AbortSignal) => Promise<void>
}

/** What is asked of a name, apart from whether news are wanted. */
export type RequestOf = (name: PackageName) => Omit<OptionsRequest, 'wantsNews'>

/** How a resolution ended. */
export type Settled =
  | { readonly type: 'solved'; readonly chosen: readonly ChosenRelease[]; readonly missing: readonly Missing[] }
  | { readonly type: 'failed'; readonly facts: readonly Fact[] }

/** Questions that are under way at once. */
const AT_ONCE = 8

const keyOf = ({ name, version }: ReleaseKey): string => `${name}@${version}`

/** What is found out for one plan: each name and each release is asked about once, however often it is resolved. */
export class PlanSession {
  readonly #sources: PlanSources
  readonly #requestOf: RequestOf
  readonly #isOffline: boolean
  readonly #signal: AbortSignal
  readonly #candidates = new Map<PackageName, PlanOptions>()
  readonly #offers = new Map<PackageName, Offer>()
  readonly #wants = new Map<string, { readonly release: ReleaseKey; readonly wants: readonly Dependency[] | GgenError }>()
  #dependencies = 0

  constructor(sources: PlanSources, requestOf: RequestOf, { isOffline, signal }: { readonly isOffline: boolean; readonly signal: AbortSignal }) {
    this.#sources = sources
    this.#requestOf = requestOf
    this.#isOffline = isOffline
    this.#signal = signal
  }

  /** Resolves a question, and finds out what has to be known for it. Throws `too-busy`, what is no fault of a package, and the reason of the signal. */
  async resolve(question: ResolutionQuestion): Promise<Settled> {
    for (;;) {
      const settled = await this.#resolveOnce(question)
      if (settled !== undefined) return settled
    }
  }

  /** What is known of a name; a name that was never asked about is unknown. */
  offerOf(name: PackageName): Offer {
    return this.#offers.get(name) ?? { refused: unknown(name) }
  }

  /** Why nothing in a range may be installed. */
  whyNone(name: PackageName, range: string | undefined): GgenError {
    return this.#candidates.get(name)?.whyNone(range) ?? unknown(name)
  }

  /** What facts that leave no choice mean to people. */
  explain(facts: readonly Fact[]): Explanation {
    return explainConflict(facts, { offerOf: (name) => this.offerOf(name), whyNone: (name, range) => this.whyNone(name, range) })
  }

  /** Every release of which it is known what it wants. */
  get known(): readonly ChosenRelease[] {
    return [...this.#wants.values()].flatMap(({ release, wants }) => (wants instanceof GgenError ? [] : { ...release, dependencies: wants }))
  }

  /** A release that was offered. */
  offered(release: ReleaseKey): { readonly options: PlanOptions; readonly option: PlanOption } {
    const options = this.#candidates.get(release.name)
    const option = options?.releases.find(({ version }) => version === release.version)
    if (options === undefined || option === undefined) throw new GgenError('internal', `${keyOf(release)} was never offered`)
    return { options, option }
  }

  /** Asks peers for names, whatever is known here; resolves to whether anything is known now that was not. */
  async renew(names: readonly PackageName[]): Promise<boolean> {
    const before = names.map((name) => this.#signatureOf(name))
    await this.#each(names, (name) => this.#look(name, true))
    return names.some((name, index) => this.#signatureOf(name) !== before[index])
  }

  /** Undefined where it has to begin again, because a package turned out not to be had. */
  async #resolveOnce(question: ResolutionQuestion): Promise<Settled | undefined> {
    const resolution = new Resolution(question)
    for (;;) {
      const step = resolution.next()
      if (step.type === 'solved' || step.type === 'failed') return step
      this.#signal.throwIfAborted()
      if (step.type === 'pause') {
        await this.#sources.pause(this.#signal)
        continue
      }
      await this.#each(step.names, (name) => this.#look(name, false))
      for (const name of step.names) resolution.offer(name, this.offerOf(name))
      await this.#each(step.releases, (release) => this.#read(release))
      for (const release of step.releases) {
        const found = this.#wants.get(keyOf(release))
        if (found === undefined) return undefined
        resolution.tell(release, found.wants)
      }
    }
  }

  async #look(name: PackageName, wantsNews: boolean): Promise<void> {
    if (!wantsNews && this.#offers.has(name)) return
    try {
      const candidates = await this.#sources.candidates({ ...this.#requestOf(name), wantsNews }, this.#signal)
      const releases = this.#isOffline ? await this.#held(candidates.releases) : candidates.releases
      if (releases.length === 0) throw new GgenError('no-holder', `no release of ${name} that may be installed is held here`, { details: { name } })
      this.#candidates.set(name, { ...candidates, releases })
      this.#offers.set(name, { candidates: releases.map(({ version, isLeaf }) => ({ version, isLeaf })) })
    } catch (error) {
      this.#refuse(name, error)
    }
  }

  async #held(releases: readonly PlanOption[]): Promise<readonly PlanOption[]> {
    const held = await Promise.all(releases.map((release) => release.holds()))
    return releases.filter((_release, index) => held[index])
  }

  /**
   * Finds out what a release wants. One that is wrong for everybody is never chosen; where nobody says what it wants, nothing of the package is, rather than
   * something older.
   */
  async #read(release: ReleaseKey): Promise<void> {
    if (this.#wants.has(keyOf(release))) return
    const { option } = this.offered(release)
    try {
      const wants = await option.wants({ isOffline: this.#isOffline, signal: this.#signal })
      this.#wants.set(keyOf(release), { release, wants })
    } catch (error) {
      this.#refuse(release.name, isGgenError(error) ? unknownWants(release, error) : error)
    }
    this.#count(this.#wants.get(keyOf(release))?.wants)
  }

  #count(wants: readonly Dependency[] | GgenError | undefined): void {
    this.#dependencies += wants instanceof GgenError ? 0 : (wants?.length ?? 0)
    if (this.#dependencies <= LIMITS.planDependencies && this.#wants.size <= LIMITS.planDocuments) return
    throw new GgenError('too-busy', 'what is wanted wants too much', { hint: 'ask for fewer packages at once, or for exact versions' })
  }

  #refuse(name: PackageName, error: unknown): void {
    this.#signal.throwIfAborted()
    if (!isGgenError(error) || !REFUSALS.has(error.code)) throw error
    this.#offers.set(name, { refused: error })
  }

  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = items.values()
    const worker = async (): Promise<void> => {
      for (const item of left) await work(item)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  }

  #signatureOf(name: PackageName): string {
    const offer = this.#offers.get(name)
    if (offer === undefined) return ''
    return 'refused' in offer ? offer.refused.code : offer.candidates.map(({ version }) => version).join(' ')
  }
}

/** What is wrong with one package, and not with this node. */
const REFUSALS: ReadonlySet<string> = new Set([
  'package-not-found', 'version-not-found', 'name-unverified', 'name-unproven', 'name-contested', 'identity-changed', 'denied', 'disputed', 'too-young',
  'advised-against', 'rollback', 'no-holder', 'blob-not-found', 'digest-invalid', 'integrity', 'peer-unreachable', 'timeout',
])

const unknown = (name: PackageName): GgenError => new GgenError('package-not-found', `nobody here knows a package named ${name}`)

const unknownWants = ({ name, version }: ReleaseKey, error: GgenError): GgenError =>
  new GgenError(error.code, `it is not known what ${name} ${version} wants: ${error.message}`, { cause: error, hint: error.hint, details: error.details })
