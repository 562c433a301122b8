import { readMetadata } from '#archive'
import { type Dependency, GgenError, isGgenError, LIMITS, type PackageName, type ReleaseOp } from '#core'
import {
  type ChosenRelease, explainConflict, type Explanation, type Fact, type Missing, type Offer, type ReleaseKey, Resolution, type ResolutionQuestion,
} from '#flow/resolve'
import type { ReleaseView } from '#trust'
import type { Candidates, CandidatesRequest } from './install-gate.ts'

export interface PlanSources {
  /** Throws as `InstallGate.candidates`. */
  readonly candidates: (request: CandidatesRequest, signal: AbortSignal) => Promise<Candidates>
  /** The metadata document of a release. Throws `no-holder`, and what the store throws. */
  readonly metadata: (release: ReleaseOp, options: { readonly isOffline: boolean; readonly signal: AbortSignal }) => Promise<Uint8Array>
  /** Whether the archive of a release is here. */
  readonly holds: (release: ReleaseOp) => Promise<boolean>
  /** Resolves when others had a turn. */
  readonly pause: (signal: AbortSignal) => Promise<void>
}

/** What is asked of a name, apart from whether news are wanted. */
export type RequestOf = (name: PackageName) => Omit<CandidatesRequest, 'wantsNews'>

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
  readonly #candidates = new Map<PackageName, Candidates>()
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
  offered(release: ReleaseKey): { readonly candidates: Candidates; readonly view: ReleaseView } {
    const [candidates, view] = [this.#candidates.get(release.name), this.#releaseOf(release)]
    if (candidates === undefined || view === undefined) throw new GgenError('internal', `${keyOf(release)} was never offered`)
    return { candidates, view }
  }

  #releaseOf({ name, version }: ReleaseKey): ReleaseView | undefined {
    return this.#candidates.get(name)?.releases.find(({ release }) => release.body.version === version)
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
      this.#offers.set(name, { candidates: releases.map(({ release: { body } }) => ({ version: body.version, isLeaf: body.dependencies === 0 })) })
    } catch (error) {
      this.#refuse(name, error)
    }
  }

  async #held(releases: readonly ReleaseView[]): Promise<readonly ReleaseView[]> {
    const held = await Promise.all(releases.map(({ release }) => this.#sources.holds(release)))
    return releases.filter((_release, index) => held[index])
  }

  /**
   * Finds out what a release wants. A document that is wrong was signed so, and its release is never chosen; where nobody gives it, nothing of the package
   * is, rather than something older.
   */
  async #read(release: ReleaseKey): Promise<void> {
    if (this.#wants.has(keyOf(release))) return
    const found = this.offered(release).view.release
    try {
      const bytes = await this.#sources.metadata(found, { isOffline: this.#isOffline, signal: this.#signal })
      this.#wants.set(keyOf(release), { release, wants: dependenciesIn(bytes, found) })
    } catch (error) {
      if (isGgenError(error) && SIGNED_FAULTS.has(error.code)) this.#wants.set(keyOf(release), { release, wants: error })
      else this.#refuse(release.name, isGgenError(error) ? unknownWants(release, error) : error)
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
  'advised-against', 'rollback', 'no-holder', 'blob-not-found',
])

/** What is wrong with a release for everybody, because it was signed so. */
const SIGNED_FAULTS: ReadonlySet<string> = new Set(['integrity', 'archive-unsafe', 'archive-broken', 'archive-too-large'])

const unknown = (name: PackageName): GgenError => new GgenError('package-not-found', `nobody here knows a package named ${name}`)

const unknownWants = ({ name, version }: ReleaseKey, error: GgenError): GgenError =>
  new GgenError(error.code, `it is not known what ${name} ${version} wants: ${error.message}`, { cause: error, hint: error.hint, details: error.details })

/** The document has to say what the signed release says of it. */
const dependenciesIn = (bytes: Uint8Array, { body }: ReleaseOp): readonly Dependency[] => {
  const { name, version, dependencies } = readMetadata(bytes)
  if (name === body.name && version === body.version && dependencies.length === body.dependencies) return dependencies
  throw new GgenError('integrity', `the metadata document of ${body.name}@${body.version} contradicts its signed record`, {
    details: { contradictions: ['metadata'] },
  })
}
