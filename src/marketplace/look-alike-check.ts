import {
  type DomainClaim, type IdentityId, KNOWN_BECAUSE, type KnownBecause, LIMITS, LOOK_ALIKE_KINDS, type LookAlike, type PackageName, speakerFor, type TrustReport,
} from '#core'
import type { Catalogue, CatalogueEntry, TrustStore } from '#store'
import type { Likeness } from '#trust'
import type { FollowedWords } from './followed-words.ts'
import { KnownNames, type KnownNamesParts } from './known-names.ts'

export interface LookAlikeCheckParts extends Omit<KnownNamesParts, 'trust' | 'catalogue' | 'words'> {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly words: FollowedWords
}

/** A name that nothing binds to a publisher. */
interface Asked {
  readonly name: PackageName
  /** Whose it may be. */
  readonly publishers: readonly IdentityId[]
  /** Something speaks for its publisher, which binds nothing. */
  readonly isVouched: boolean
}

/**
 * Which known names a name can be taken for. A name warns only of names that are better known than itself: what is bound, then what others vouch for, then
 * what this node has known for much longer. Those of the same publisher are a family.
 */
export class LookAlikeCheck implements Disposable {
  readonly #parts: LookAlikeCheckParts
  readonly #known: KnownNames

  constructor(parts: LookAlikeCheckParts) {
    this.#parts = parts
    this.#known = new KnownNames(parts)
  }

  /** Of a name as it would be installed; none where it is bound. The best known first, at most `LIMITS.shownLookAlikes`. */
  async ofReport(report: TrustReport): Promise<readonly LookAlike[]> {
    const asked = askedOf(report)
    return asked === undefined ? [] : await this.#find(asked)
  }

  /** Of a name under which a publisher has nothing yet. */
  async ofNew(name: PackageName, publisher: IdentityId): Promise<readonly LookAlike[]> {
    return this.#parts.trust.pin(name) === undefined ? await this.#find({ name, publishers: [publisher], isVouched: false }) : []
  }

  [Symbol.dispose](): void {
    this.#known[Symbol.dispose]()
  }

  async #find(asked: Asked): Promise<readonly LookAlike[]> {
    const found = new Map<PackageName, LookAlike>()
    const add = (alikes: Iterable<LookAlike>): void => {
      for (const alike of alikes) {
        if (found.size >= LIMITS.shownLookAlikes) return
        if (!found.has(alike.known) && !isFamily(asked, alike.identity)) found.set(alike.known, alike)
      }
    }
    add(this.#bound((await this.#known.bound()).near(asked.name)))
    if (!asked.isVouched) {
      const since = this.#since(asked)
      add(this.#unbound((await this.#known.vouched()).near(asked.name), since))
      add(this.#unbound((await this.#known.heard()).near(asked.name), since))
    }
    return [...found.values()].sort(byWeight)
  }

  *#bound(near: Iterable<Likeness>): Iterable<LookAlike> {
    const { trust, namespaces } = this.#parts
    for (const likeness of near) {
      const pin = trust.pin(likeness.known)
      const identity = pin?.identity ?? namespaces.get(likeness.known)
      if (identity !== undefined) yield { ...likeness, because: pin === undefined ? 'configured' : 'bound', identity }
    }
  }

  *#unbound(near: IteratorObject<Likeness>, sinceMs: number): Iterable<LookAlike> {
    const { trust, words } = this.#parts
    const isVouched = ({ identity, name }: CatalogueEntry): boolean => words.wordsOn(identity, name).endorsedBy.length > 0
    const isOld = ({ known }: CatalogueEntry): boolean => known * 1000 + LIMITS.lookAlikeAheadMs <= sinceMs
    let claims: readonly DomainClaim[] | undefined
    for (const likeness of near.take(LIMITS.weighedLookAlikes)) {
      claims ??= trust.boundClaims(LIMITS.knownDomains)
      const speaker = speakerFor(claims, likeness.known)?.identity
      const entries = this.#entries(likeness.known)
      const [reason] = [
        ...reasonOf('vouched', entries.find(isVouched)),
        ...reasonOf('proven', entries.find(({ identity }) => identity === speaker)),
        ...reasonOf('older', entries.slice(0, 1).find(isOld)),
      ]
      if (reason !== undefined) yield { ...likeness, ...reason }
    }
  }

  /** Who has something under a name and is not blocked, those that this node has known under it for longest first. */
  #entries(name: PackageName): readonly CatalogueEntry[] {
    const { catalogue, words } = this.#parts
    return catalogue.entriesNamed(name).filter(({ identity }) => words.wordsOn(identity, name).block === undefined).sort((a, b) => a.known - b.known)
  }

  /** Since when this node has known the name under the latest of its publishers, Unix milliseconds: it may be a copy of all that was there before. */
  #since({ name, publishers }: Asked): number {
    const { catalogue, clock } = this.#parts
    const known = new Map(catalogue.entriesNamed(name).map((entry) => [entry.identity, entry.known * 1000]))
    return publishers.length === 0 ? clock.now() : Math.max(...publishers.map((identity) => known.get(identity) ?? clock.now()))
  }
}

const reasonOf = (because: KnownBecause, entry: CatalogueEntry | undefined): readonly Pick<LookAlike, 'because' | 'identity'>[] =>
  entry === undefined ? [] : [{ because, identity: entry.identity }]

/** What a pin, a lock file, the user or the configuration binds needs no warning; who is blocked is not installed. */
const askedOf = ({ name, verdict, claims }: TrustReport): Asked | undefined => {
  switch (verdict.outcome) {
    case 'trusted': {
      const isVouched = verdict.evidence.kind === 'domain' || verdict.evidence.kind === 'endorsed'
      return isVouched ? { name, publishers: [verdict.identity], isVouched } : undefined
    }
    case 'unverified': return { name, publishers: [verdict.identity], isVouched: false }
    case 'contested': {
      const publishers = claims.flatMap(({ identity, blocked }) => (blocked === undefined ? identity : []))
      return { name, publishers, isVouched: false }
    }
    case 'unknown': return { name, publishers: [], isVouched: false }
    case 'changed': case 'blocked': return undefined
  }
}

/** Whoever has both names copies nobody. */
const isFamily = ({ publishers }: Asked, identity: IdentityId): boolean => publishers.length > 0 && publishers.every((one) => one === identity)

const byWeight = (a: LookAlike, b: LookAlike): number =>
  KNOWN_BECAUSE.indexOf(a.because) - KNOWN_BECAUSE.indexOf(b.because) || LOOK_ALIKE_KINDS.indexOf(a.kind) - LOOK_ALIKE_KINDS.indexOf(b.kind)
