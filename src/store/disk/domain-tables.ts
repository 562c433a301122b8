import { type DatedClaim, type DomainAnswer, type DomainClaim, type IdentityId, type KnownDomain, LIMITS, type PackageName } from '#core'
import type { Database } from './database.ts'

type State = DomainAnswer['state']

interface DomainRow {
  readonly domain: string
  readonly asked_at: number
  readonly https: State
  readonly https_why: string | null
  readonly txt: State
  readonly txt_why: string | null
}

type ClaimKind = 'https' | 'txt' | 'bound' | 'rival'

interface ClaimRow {
  readonly kind: ClaimKind
  readonly prefix: PackageName
  readonly identity: IdentityId
  readonly since: number | null
}

const BOUND = "SELECT prefix, identity FROM domain_claims WHERE kind = 'bound' ORDER BY domain, place LIMIT ?"
const DROP_ONE = 'DELETE FROM domains WHERE domain = (SELECT domain FROM domains ORDER BY is_bound, asked_at, domain LIMIT 1)'

/** What is known of domains, in two tables. */
export class DomainTables {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get(domain: string): KnownDomain | undefined {
    const row = this.#database.get<DomainRow>('SELECT domain, asked_at, https, https_why, txt, txt_why FROM domains WHERE domain = ?', domain)
    if (row === undefined) return undefined
    const claims = this.#database.all<ClaimRow>('SELECT kind, prefix, identity, since FROM domain_claims WHERE domain = ? ORDER BY kind, place', domain)
    const ofKind = (kind: ClaimKind): ClaimRow[] => claims.filter((claim) => claim.kind === kind)
    return {
      domain,
      askedAt: row.asked_at,
      answers: { https: answerOf(row.https, row.https_why, ofKind('https')), txt: answerOf(row.txt, row.txt_why, ofKind('txt')) },
      memory: { bound: ofKind('bound').map(datedClaim), rivals: ofKind('rival').map(datedClaim) },
    }
  }

  boundClaims(limit: number): DomainClaim[] {
    return this.#database.all<DomainClaim>(BOUND, limit).map(({ prefix, identity }) => ({ prefix, identity }))
  }

  /** To be called in a transaction. */
  put({ domain, askedAt, answers: { https, txt }, memory: { bound, rivals } }: KnownDomain): void {
    this.#database.run('DELETE FROM domains WHERE domain = ?', domain)
    this.#database.run(
      'INSERT INTO domains (domain, asked_at, https, https_why, txt, txt_why, is_bound) VALUES (?, ?, ?, ?, ?, ?, ?)',
      domain, askedAt, https.state, whyOf(https), txt.state, whyOf(txt), Number(bound.length > 0),
    )
    const kinds: readonly (readonly [ClaimKind, readonly (DomainClaim | DatedClaim)[]])[] =
      [['https', claimsOf(https)], ['txt', claimsOf(txt)], ['bound', bound], ['rival', rivals]]
    for (const [kind, claims] of kinds) {
      for (const [place, claim] of claims.entries()) {
        this.#database.run(
          'INSERT INTO domain_claims (domain, kind, place, prefix, identity, since) VALUES (?, ?, ?, ?, ?, ?)',
          domain, kind, place, claim.prefix, claim.identity, 'since' in claim ? claim.since : null,
        )
      }
    }
    const known = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM domains')
    if ((known?.count ?? 0) > LIMITS.knownDomains) this.#database.run(DROP_ONE)
  }
}

const whyOf = (answer: DomainAnswer): string | null => ('why' in answer ? answer.why : null)

const claimsOf = (answer: DomainAnswer): readonly DomainClaim[] => (answer.state === 'found' ? answer.claims : [])

const datedClaim = ({ prefix, identity, since }: ClaimRow): DatedClaim => ({ prefix, identity, since: since ?? 0 })

const answerOf = (state: State, why: string | null, claims: readonly ClaimRow[]): DomainAnswer => {
  if (state === 'found') return { state, claims: claims.map(({ prefix, identity }) => ({ prefix, identity })) }
  return state === 'absent' ? { state } : { state, why: why ?? '' }
}
