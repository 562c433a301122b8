import {
  type Advice, type Events, GgenError, type IdentityId, isGgenError, isVersion, type LookAlike, type PackageName, type PackageSpec,
  type ReleaseOp, type TrustReport,
} from '#core'
import { acceptableReleases, advisedAgainst, type Doubts, installedPublisher, shownPublisher, whyUnacceptable } from '#flow/resolve'
import type { PackageView, ReleaseView } from '#trust'
import { satisfies } from 'semver'
import { DomainAsker, type DomainWordsParts } from './domain-words.ts'
import { afterFinding, askEverybody, type Choice, findRelease, type Found, lookUp, NOBODY } from './find-release.ts'
import { type FollowedWords, isSevere } from './followed-words.ts'
import type { Inquiry } from './inquiry.ts'
import { InstallCheck } from './install-check.ts'
import type { LockedSigned } from './install-plan.ts'
import { LookAlikeCheck } from './look-alike-check.ts'
import { type Asking, NameTrust, type NameTrustParts } from './name-trust.ts'
import type { FetchRequest, TrustedName, Trusting } from './marketplace.ts'
import type { Registries } from './registries.ts'
import { withMirrors } from './with-mirrors.ts'

export interface InstallGateParts extends Omit<NameTrustParts, 'wordsOn'>, DomainWordsParts {
  readonly events: Events
  readonly words: FollowedWords
  readonly inquiry: Inquiry
}

/** A release that may be installed; `settle` remembers it once its bytes are here. */
export interface Admitted {
  readonly found: Found
  /** Known names that its name can be taken for; none where it was bound. */
  readonly lookAlikes: readonly LookAlike[]
  readonly settle: () => void
}

/** A name of which a plan may choose a release. */
export interface CandidatesRequest {
  /** With the range that the project itself wants, where it does. */
  readonly spec: PackageSpec
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  readonly locked?: LockedSigned
  /** Whether the locked one is to be preferred; its publisher counts in any case. */
  readonly keepsLocked: boolean
  readonly acceptAdvisory: boolean
  readonly isOffline: boolean
  /** Asks peers first, whatever is known here. */
  readonly wantsNews: boolean
  /** Whom to ask; absent: those that the operator chose. */
  readonly among?: Registries
}

/** The releases of one package that may be installed, the preferred first. */
export interface Candidates {
  readonly view: PackageView
  readonly releases: readonly ReleaseView[]
  /** Known names that its name can be taken for; none where it was bound. */
  readonly lookAlikes: readonly LookAlike[]
  /** Why nothing in a range may be installed, where nothing is. */
  readonly whyNone: (range: string | undefined) => GgenError
}

/** Where it is decided which release may be installed: whose it is, and whether it is as fresh, as old and as well signed as it should be. */
export class InstallGate implements Disposable {
  readonly #parts: InstallGateParts
  readonly #names: NameTrust
  readonly #check: InstallCheck
  readonly #domains: DomainAsker
  readonly #looks: LookAlikeCheck

  constructor(parts: InstallGateParts) {
    const { trust, policy, words } = parts
    this.#parts = parts
    this.#names = new NameTrust({ ...parts, wordsOn: (identity, name) => words.wordsOn(identity, name) })
    this.#domains = new DomainAsker(parts)
    this.#looks = new LookAlikeCheck({ ...parts, namespaces: policy.namespaces, pinsRevision: () => this.#names.revision })
    this.#check = new InstallCheck({ ...parts, coolDownMs: policy.coolDownMs, isOwn: (identity) => trust.ownHead({ identity }) !== undefined })
  }

  /**
   * The release that a spec means, for looking at it; `among`: who is asked instead of those that the operator chose. Throws what `findRelease` throws, and
   * `name-contested`.
   */
  look(spec: PackageSpec, signal: AbortSignal, among?: Registries): Promise<Found> {
    return findRelease({ ...this.#parts, inquiry: this.#parts.inquiry.among(among) }, { spec, choice: { publisher: (asked) => this.#shown(asked) } }, signal)
  }

  /** The release that a spec means, for keeping it. Throws what `look` throws, `denied` for somebody who is blocked, and `advised-against`. */
  async lookToKeep(spec: PackageSpec, signal: AbortSignal): Promise<Found> {
    const found = await this.look(spec, signal)
    const { release } = found.chosen
    this.#names.assertNotBlocked(release.identity, release.body.name)
    const advice = this.#adviceAgainst(release)
    if (advice !== undefined) throw advisedAgainst(release, advice)
    return found
  }

  /** The release that a request means, for installing it. Throws as `Marketplace.fetch`. */
  async choose(request: Omit<FetchRequest, 'registries'>, signal: AbortSignal, among?: Registries): Promise<Admitted> {
    const { spec, trust: chosen, locked, offline: isOffline = false } = request
    let asking: Asking = { ...(chosen !== undefined && { chosen }), ...(locked !== undefined && { locked }) }
    const askAround = async (): Promise<void> => {
      if (spec.identity === undefined && chosen === undefined && locked === undefined) asking = await this.#askAround(spec.name, signal, isOffline)
    }
    const choice = this.#choice(() => asking, request.acceptAdvisory === true)
    const inquiry = afterFinding(isOffline ? NOBODY : this.#parts.inquiry.among(among), askAround)
    const found = await findRelease({ ...this.#parts, inquiry }, { spec, choice }, signal)
    const { release } = found.chosen
    this.#tellAccepted(release)
    this.#assertNoDowngrade(found, request.acceptDowngrade === true)
    const { verdict, lookAlikes = [] } = this.#names.report(spec.name, asking)
    return { found, lookAlikes, settle: () => this.#settle(spec, found, verdict) }
  }

  /**
   * The releases of a name that a plan may choose from. Throws what `choose` throws because of the name, and of the range of the spec where nothing in it
   * may be installed.
   */
  async candidates(request: CandidatesRequest, signal: AbortSignal): Promise<Candidates> {
    const { spec, trust: chosen, locked, isOffline, wantsNews, among } = request
    const isDecided = spec.identity !== undefined || chosen !== undefined || locked !== undefined
    let asking: Asking = { ...(chosen !== undefined && { chosen }), ...(locked !== undefined && { locked: locked.identity }) }
    const askAround = async (): Promise<void> => {
      if (!isDecided) asking = await this.#askAround(spec.name, signal, isOffline)
    }
    const inquiry = isOffline ? afterFinding(NOBODY, askAround) : afterFinding(this.#parts.inquiry.among(among), askAround)
    if (wantsNews) await askEverybody(inquiry, spec.name, signal)
    const choice = this.#choice(() => asking, request.acceptAdvisory)
    const take = (view: PackageView, doubts: Doubts): Candidates => {
      const releases = acceptableReleases(view, doubts, {
        ...(spec.range !== undefined && isVersion(spec.range) && { asked: spec.range }), ...(locked !== undefined && request.keepsLocked && { locked }),
      })
      const whyNone = (range: string | undefined): GgenError => whyUnacceptable(view, range, doubts)
      if (!releases.some(({ version }) => spec.range === undefined || satisfies(version, spec.range))) throw whyNone(spec.range)
      const { lookAlikes = [] } = this.#names.report(spec.name, asking)
      return { view, releases, lookAlikes, whyNone }
    }
    return await lookUp({ ...this.#parts, inquiry }, { spec, choice, take }, signal)
  }

  /** Throws `downgrade` for a release that is weaker than the one that was installed before. */
  assertNoDowngrade({ chosen: { release }, view }: Found): void {
    this.#check.assertNoDowngrade(release, view)
  }

  /** Since when others could look at a release, Unix milliseconds. */
  outSince(release: ReleaseOp): number {
    return this.#check.outSince(release)
  }

  /** Whose package is shown where somebody looks for a name. Throws `name-contested`. */
  shown(name: PackageName): IdentityId | undefined {
    return shownPublisher(this.#names.report(name))
  }

  /** Whether a name means one publisher here, whatever anybody else says. */
  isBound(name: PackageName): boolean {
    return this.#names.isBound(name)
  }

  /** Changes whenever a name may mean somebody else than before although no record came. */
  get meanings(): string {
    return `${this.#names.revision} ${this.#parts.words.revision}`
  }

  /** A name under which something is published from here is bound to its publisher. */
  own(release: ReleaseOp): void {
    this.#names.own(release)
  }

  /** Known names that one can be taken for under which a publisher has nothing yet. */
  lookAlikesOf(name: PackageName, publisher: IdentityId): Promise<readonly LookAlike[]> {
    return this.#looks.ofNew(name, publisher)
  }

  [Symbol.dispose](): void {
    this.#domains[Symbol.dispose]()
    this.#looks[Symbol.dispose]()
  }

  get trusting(): Trusting {
    const { trust } = this.#parts
    return {
      names: async () => trust.pins(),
      add: async (name, identity) => {
        this.#names.add(name, identity)
        return bound(trust.pin(name), name)
      },
      remove: async (name) => {
        const pin = bound(trust.pin(name), name)
        this.#names.remove(name)
        return pin
      },
      why: async (name, signal) => withMirrors(this.#names.report(name, await this.#askAround(name, signal)), this.#parts.views),
    }
  }

  #choice(asking: () => Asking, acceptsAdvisory: boolean): Choice {
    return {
      publisher: (asked) => this.#installed(asked, asking()),
      check: (key) => this.#check.assertNotRolledBack(key),
      installedLast: (key) => this.#check.installedLast(key),
      isTooYoung: (release) => this.#check.isTooYoung(release),
      ...(!acceptsAdvisory && { adviceAgainst: (release: ReleaseOp) => this.#adviceAgainst(release) }),
    }
  }

  /** What the domain of a name says, and which known ones it can be taken for. */
  async #askAround(name: PackageName, signal: AbortSignal, isOffline = false): Promise<Asking> {
    const claims = this.#names.openClaims(name)
    const asking = { domain: await (isOffline ? this.#domains.recall(name, claims) : this.#domains.ask(name, claims, signal)) }
    return { ...asking, lookAlikes: await this.#looks.ofReport(this.#names.report(name, asking)) }
  }

  #settle(spec: PackageSpec, { chosen, view }: Found, verdict: TrustReport['verdict']): void {
    const { release } = chosen
    const evidence = verdict.outcome === 'trusted' ? verdict.evidence : undefined
    if (spec.identity === undefined) this.#names.remember(spec.name, release.identity, evidence)
    this.#check.remember(release, view)
  }

  #adviceAgainst({ identity, body: { name, version } }: ReleaseOp): Advice | undefined {
    return this.#parts.words.adviceOn(identity, name, version).find(isSevere)
  }

  /** Advice that is still there when a release was chosen is advice that the user wants to go against. */
  #tellAccepted(release: ReleaseOp): void {
    const advice = this.#adviceAgainst(release)
    if (advice === undefined) return
    const { identity, body: { name, version } } = release
    this.#parts.events.emit({ type: 'advisory-accepted', name, version, identity, by: advice.by, severity: advice.severity })
  }

  #assertNoDowngrade({ chosen: { release }, view }: Found, isAccepted: boolean): void {
    try {
      this.#check.assertNoDowngrade(release, view)
    } catch (error) {
      if (!isAccepted || !isGgenError(error, 'downgrade')) throw error
      const { identity, body: { name, version } } = release
      this.#parts.events.emit({ type: 'downgrade-accepted', name, version, identity, downgrades: error.details['downgrades'] as readonly string[] })
    }
  }

  #shown(spec: PackageSpec): IdentityId | undefined {
    return spec.identity === undefined ? this.shown(spec.name) : this.#claimed(spec.identity, spec.name)
  }

  #installed(spec: PackageSpec, asking: Asking): IdentityId | undefined {
    if (spec.identity === undefined) return installedPublisher(this.#names.report(spec.name, asking), this.#parts.policy.firstUse)
    this.#names.assertNotBlocked(spec.identity, spec.name)
    return this.#claimed(spec.identity, spec.name)
  }

  #claimed(identity: IdentityId, name: PackageName): IdentityId | undefined {
    return this.#parts.catalogue.claimants(name).includes(identity) ? identity : undefined
  }
}

const bound = (pin: TrustedName | undefined, name: PackageName): TrustedName => {
  if (pin === undefined) throw new GgenError('not-trusted', `${name} is not bound to any publisher here`)
  return pin
}
