import type { IdentityId } from './op-id.ts'
import type { PackageName } from './package-name.ts'

/** What the owner of a domain says: this identity speaks for all names under a prefix, the reversed domain or longer (`io.ggen`). */
export interface DomainClaim {
  readonly prefix: PackageName
  readonly identity: IdentityId
}

/**
 * What one of the two places of a domain said, parsed: its claims; that there is no record; that there is one that cannot be read; or that it
 * could not be asked, which never means that there is none. `why` is plain text for people.
 */
export type DomainAnswer =
  | { readonly state: 'found'; readonly claims: readonly DomainClaim[] }
  | { readonly state: 'absent' }
  | { readonly state: 'malformed' | 'unknown'; readonly why: string }

/** Both places of a domain, asked at one time. */
export interface DomainAnswers {
  /** `https://DOMAIN/.well-known/ggen.json`, authenticated by the certificate. */
  readonly https: DomainAnswer
  /** TXT records of `_ggen.DOMAIN`. */
  readonly txt: DomainAnswer
}

/** A claim with a date, Unix milliseconds: since when it is proven here, or seen in the record. */
export interface DatedClaim extends DomainClaim {
  readonly since: number
}

/** What a node remembers of a domain. */
export interface DomainMemory {
  /** The record as it stood when a name was last proven, one identity for each prefix; shortest first. */
  readonly bound: readonly DatedClaim[]
  /** Whom the record names now, against what is bound, under which prefix; `since` is the first sight of it without a break. */
  readonly rivals: readonly DatedClaim[]
}

/** A domain as it is kept: the last answers, and the memory, which outlives them. */
export interface KnownDomain {
  /** Lower case, registrable: `ggen.io`, `alice.github.io`. */
  readonly domain: string
  readonly answers: DomainAnswers
  /** Unix milliseconds. */
  readonly askedAt: number
  readonly memory: DomainMemory
}
