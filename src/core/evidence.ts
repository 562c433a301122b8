import type { Mirror, Severity } from './op.ts'
import type { IdentityId } from './op-id.ts'
import type { LookAlike } from './look-alike.ts'
import type { PackageName } from './package-name.ts'
import type { Version } from './version.ts'

/** Why a name was bound to a publisher. */
export const PIN_ORIGINS = ['first-use', 'chosen', 'lock', 'namespace', 'domain', 'endorsed', 'own'] as const

export type PinOrigin = (typeof PIN_ORIGINS)[number]

/**
 * What speaks for a publisher under a name, strongest first. `own`: it publishes from this node · `pinned`: the name is bound to it here · `locked`: the
 * project's lock file names it · `chosen`: the user did, now · `namespace`: the configuration gives it the names · `domain`: the owner of the domain that
 * the name begins with says so, and it says so of the domain · `endorsed`: publishers that are followed vouch for it.
 */
export type Evidence =
  | { readonly kind: 'pinned'; readonly since: number; readonly how: PinOrigin }
  | { readonly kind: 'locked' }
  | { readonly kind: 'chosen' }
  | { readonly kind: 'namespace'; readonly pattern: string }
  | { readonly kind: 'domain'; readonly domain: string; readonly via: 'https' | 'dns' }
  | { readonly kind: 'endorsed'; readonly by: readonly IdentityId[] }

/** Who says that a publisher is not to be trusted: a publisher that is followed, or the user. */
export interface Block {
  readonly by: IdentityId | 'you'
  readonly why?: string
}

/** What a publisher that is followed says against some versions of a package. */
export interface Advice {
  readonly by: IdentityId
  /** A SemVer range. One that cannot be read covers every version. */
  readonly range: string
  readonly severity: Exclude<Severity, 'none'>
  readonly why?: string
  /** Where there is more to read. */
  readonly ref?: string
  /** The first version without it. */
  readonly fix?: Version
  /** Unix seconds, by the clock of the one who says it. */
  readonly at: number
}

/** One publisher that has something under a name. */
export interface NameClaim {
  readonly identity: IdentityId
  /** Strongest first. */
  readonly evidence: readonly Evidence[]
  readonly blocked?: Block
  /** What is said against versions of it, the worst first; at most `LIMITS.shownAdvice`. */
  readonly advice?: readonly Advice[]
  /** Since when this node has known the publisher, Unix milliseconds. */
  readonly knownSince?: number
  /** What its newest release is a copy of, where it says that it is one: then it vouches for the bytes, and not for who wrote them. */
  readonly mirror?: Mirror
}

/**
 * Whom a name means. `trusted`: one publisher, for this reason · `unverified`: there is one, and nothing speaks for it · `contested`: there are several,
 * and nothing tells them apart · `changed`: something as strong as the pin names another one · `blocked`: all are, or the one that was meant ·
 * `unknown`: nobody publishes under it here.
 */
export type NameVerdict =
  | { readonly outcome: 'trusted'; readonly identity: IdentityId; readonly evidence: Evidence }
  | { readonly outcome: 'unverified'; readonly identity: IdentityId }
  | { readonly outcome: 'contested' }
  | { readonly outcome: 'changed'; readonly pinned: IdentityId; readonly other: IdentityId; readonly evidence: Evidence }
  | { readonly outcome: 'blocked'; readonly identity: IdentityId; readonly block: Block }
  | { readonly outcome: 'unknown' }

/** Everything that is known of who may speak for a name. Plain JSON. */
export interface TrustReport {
  readonly name: PackageName
  readonly verdict: NameVerdict
  /** At most `LIMITS.shownClaims`, what the verdict is about first. */
  readonly claims: readonly NameClaim[]
  readonly claimCount: number
  /** What the domain of the name says, where it has one. */
  readonly domain?: DomainReport
  /** Known names that this one can be taken for, the best known first; absent where there are none, and where the name is bound. */
  readonly lookAlikes?: readonly LookAlike[]
}

/** What the domain that a name begins with says. */
export interface DomainReport {
  readonly domain: string
  /**
   * `proven`: of the identity below · `unproven`: somebody else is named, or not both ways · `conflict`: it is not clear who is meant · `unclaimed`: it says
   * nothing · `unreachable`: it could not be asked.
   */
  readonly state: 'proven' | 'unproven' | 'conflict' | 'unclaimed' | 'unreachable'
  readonly identity?: IdentityId
  /** In plain words. */
  readonly why: string
}
