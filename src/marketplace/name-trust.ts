import {
  type Advice, type Block, type Clock, type Evidence, GgenError, type IdentityId, LIMITS, type LookAlike, type NameClaim, type PackageName,
  type PinOrigin, type ReleaseOp, type TrustReport,
} from '#core'
import { blocked, byWeight, weighClaims } from '#flow/resolve'
import type { Catalogue, TrustStore } from '#store'
import { globCovers, isNameGlob } from '#trust'
import type { DomainWords } from './domain-words.ts'

/** Whom the operator trusts without looking. */
export interface TrustPolicy {
  /** What to do with a name that one publisher claims and for whom nothing speaks. */
  readonly firstUse: 'ask' | 'accept'
  /** So long a new version of a known package is not chosen, milliseconds; 0: at once. */
  readonly coolDownMs: number
  /** Names and patterns, as release keys have them, with the publisher that they belong to. */
  readonly namespaces: ReadonlyMap<string, IdentityId>
}

/** What publishers that are followed say of another one. */
export interface Words {
  readonly endorsedBy: readonly IdentityId[]
  readonly block?: Block
  /** Against versions of the package, the worst first; at most `LIMITS.shownAdvice`. */
  readonly advice?: readonly Advice[]
}

export interface NameTrustParts {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly policy: TrustPolicy
  /** What followed publishers say of this one, under this name. */
  readonly wordsOn: (identity: IdentityId, name: PackageName) => Words
}

/** What the asker knows beside this node. */
export interface Asking {
  /** The publisher that the user chose now. */
  readonly chosen?: IdentityId
  /** The one that the project's lock file names. */
  readonly locked?: IdentityId
  /** What the domain of the name says. */
  readonly domain?: DomainWords
  /** What it can be taken for. */
  readonly lookAlikes?: readonly LookAlike[]
}

/** Who may speak for a name: everything that speaks for each publisher, weighed. */
export class NameTrust {
  readonly #parts: NameTrustParts
  #revision = 0

  /** Throws `config-invalid` for a pattern that means nothing. */
  constructor(parts: NameTrustParts) {
    for (const pattern of parts.policy.namespaces.keys()) {
      if (!isNameGlob(pattern)) throw new GgenError('config-invalid', `trust.namespaces: ${JSON.stringify(pattern.slice(0, 128))} covers no names`)
    }
    this.#parts = parts
  }

  /** Whom a name means, and why. */
  report(name: PackageName, asking: Asking = {}): TrustReport {
    const claims = this.#claims(name, asking)
    const verdict = weighClaims(claims)
    const meant = 'identity' in verdict ? verdict.identity : undefined
    const shown = claims.toSorted((a, b) => Number(b.identity === meant) - Number(a.identity === meant) || b.evidence.length - a.evidence.length)
    const said = asking.domain?.report
    const { lookAlikes = [] } = asking
    return {
      name, verdict, claims: shown.slice(0, LIMITS.shownClaims), claimCount: claims.length,
      ...(said !== undefined && { domain: said }),
      ...(lookAlikes.length > 0 && { lookAlikes }),
    }
  }

  /** Counts how often what is bound has changed. */
  get revision(): number {
    return this.#revision
  }

  /** Whether a name means one publisher here, whatever anybody else says. */
  isBound(name: PackageName): boolean {
    return this.#parts.trust.pin(name) !== undefined || this.#namespaceOf(name) !== undefined
  }

  /** Throws `denied` for a publisher that is blocked under this name. */
  assertNotBlocked(identity: IdentityId, name: PackageName): void {
    const { block } = this.#parts.wordsOn(identity, name)
    if (block !== undefined) throw blocked(name, { identity, block })
  }

  /** Binds a name where it is not bound, for what was decided now. */
  remember(name: PackageName, identity: IdentityId, evidence: Evidence | undefined): void {
    if (this.#parts.trust.pin(name) === undefined) this.#bind(name, identity, HOW[evidence?.kind ?? 'pinned'])
  }

  /** A name under which something is published from here is bound to its publisher, unless it is bound. */
  own({ identity, body: { name } }: ReleaseOp): void {
    if (this.#parts.trust.pin(name) === undefined) this.#bind(name, identity, 'own')
  }

  /** Binds a name to a publisher, whatever it was bound to. Throws `usage` for one that nobody here has heard of. */
  add(name: PackageName, identity: IdentityId): void {
    if (this.#parts.catalogue.knownSince(identity) === undefined) {
      throw new GgenError('usage', `nobody here has heard of ${identity}`, { hint: 'check the identity, or connect to somebody who knows it' })
    }
    this.#bind(name, identity, 'chosen')
  }

  /** Lets a name go. */
  remove(name: PackageName): void {
    this.#parts.trust.removePin(name)
    this.#revision += 1
  }

  /** The publishers of a name that its domain may be asked about: nobody's, where the name is bound. */
  openClaims(name: PackageName): readonly IdentityId[] {
    return this.#parts.trust.pin(name) === undefined ? this.#claims(name, {}).slice(0, LIMITS.shownClaims).map(({ identity }) => identity) : []
  }

  #bind(name: PackageName, identity: IdentityId, how: PinOrigin): void {
    const { trust, clock } = this.#parts
    trust.putPin({ name, identity, since: clock.now(), how })
    this.#revision += 1
  }

  #claims(name: PackageName, asking: Asking): NameClaim[] {
    const { trust, catalogue } = this.#parts
    const pin = trust.pin(name)
    const namespace = this.#namespaceOf(name)
    const standing = catalogue.entriesNamed(name).map(({ identity }) => identity)
    const known = standing.length > 0 ? standing : catalogue.claimants(name)
    const named = [pin?.identity, asking.locked, asking.chosen, namespace?.identity].filter((identity) => identity !== undefined)
    return [...new Set([...named, ...known])].map((identity): NameClaim => {
      const { endorsedBy, block, advice } = this.#parts.wordsOn(identity, name)
      const since = catalogue.knownSince(identity)
      const evidence: Evidence[] = [
        ...(pin?.identity === identity ? [{ kind: 'pinned' as const, since: pin.since, how: pin.how }] : []),
        ...(asking.locked === identity ? [{ kind: 'locked' as const }] : []),
        ...(asking.chosen === identity ? [{ kind: 'chosen' as const }] : []),
        ...(namespace?.identity === identity ? [{ kind: 'namespace' as const, pattern: namespace.pattern }] : []),
        ...[asking.domain?.evidence.get(identity) ?? []].flat(),
        ...(endorsedBy.length > 0 ? [{ kind: 'endorsed' as const, by: endorsedBy }] : []),
      ]
      return {
        identity,
        evidence: byWeight(evidence),
        ...(block !== undefined && { blocked: block }),
        ...(advice !== undefined && { advice }),
        ...(since !== undefined && { knownSince: since }),
      }
    })
  }

  /** The most exact pattern that covers a name. */
  #namespaceOf(name: PackageName): { readonly pattern: string; readonly identity: IdentityId } | undefined {
    const covering = [...this.#parts.policy.namespaces].filter(([pattern]) => globCovers(pattern, name))
    const [best] = covering.toSorted(([a], [b]) => b.length - a.length)
    return best && { pattern: best[0], identity: best[1] }
  }
}

const HOW = {
  pinned: 'first-use', locked: 'lock', chosen: 'chosen', namespace: 'namespace', domain: 'domain', endorsed: 'endorsed',
} as const satisfies Record<Evidence['kind'], string>
