import {
  type DatedClaim, type DomainAnswers, type DomainClaim, type DomainMemory, type IdentityId, LIMITS, type PackageName, speakerFor,
} from '#core'

/** Why a domain does not prove that an identity speaks for a name. */
export type UnprovenReason =
  /** The name belongs to no domain. */
  | 'no-domain'
  /** The domain says nothing, and never did here: its names are as free as plain ones. */
  | 'unclaimed'
  /** The domain says nothing any more. */
  | 'record-gone'
  /** The domain has a record, and nobody speaks for this name in it. */
  | 'not-covered'
  /** A place that must be asked could not be. */
  | 'unreachable'
  | 'malformed'
  /** Somebody else speaks for the name: `names`. */
  | 'other-identity'
  /** The domain names the identity, which does not name the domain in its roles. */
  | 'one-sided'

/** A domain that names another identity. */
interface Turn {
  readonly domain: string
  readonly before: IdentityId
  readonly now: IdentityId
}

/** What a domain says of an identity and a name. Times are Unix milliseconds. */
export type DomainVerdict =
  | { readonly verdict: 'proven'; readonly domain: string; readonly by: 'https' | 'txt'; readonly prefix: PackageName; readonly since: number }
  | { readonly verdict: 'unproven'; readonly domain?: string; readonly reason: UnprovenReason; readonly why?: string; readonly names?: IdentityId }
  /** The record names another identity than the one that was proven here; it counts from `until` on, if it stays. */
  | (Turn & { readonly verdict: 'waiting'; readonly since: number; readonly until: number })
  /** The two places of the domain name different identities. */
  | { readonly verdict: 'conflict'; readonly kind: 'sources'; readonly domain: string; readonly https?: IdentityId; readonly txt: IdentityId }
  /** The name is pinned to `before`, and the domain names somebody else. */
  | (Turn & { readonly verdict: 'conflict'; readonly kind: 'rebound' })

/** Who asks what. */
export interface DomainQuestion {
  readonly domain: string
  readonly name: PackageName
  readonly identity: IdentityId
  /** What the identity says of itself: the domains in its roles. */
  readonly domains: readonly string[]
  /** To whom the name is pinned here. */
  readonly pinned: IdentityId | undefined
}

export const NOTHING_REMEMBERED: DomainMemory = Object.freeze({ bound: [], rivals: [] })

/** What is in force: HTTPS where there is a record, because it is authenticated; TXT only where HTTPS said for sure that it has none. */
type InForce =
  | { readonly by: 'https' | 'txt'; readonly claims: readonly DomainClaim[] }
  | { readonly by: 'nobody'; readonly reason: 'unclaimed' | 'unreachable' | 'malformed'; readonly why?: string }

const inForce = ({ https, txt }: DomainAnswers): InForce => {
  const [by, answer] = https.state === 'absent' ? (['txt', txt] as const) : (['https', https] as const)
  if (answer.state === 'found') return { by, claims: answer.claims }
  if (answer.state === 'absent') return { by: 'nobody', reason: 'unclaimed' }
  return { by: 'nobody', reason: answer.state === 'unknown' ? 'unreachable' : 'malformed', why: answer.why }
}

/**
 * Judges a domain by its answers and what is remembered of it, and remembers: `(remembered, seen, now) -> (remembered', verdict)`. Both directions
 * must hold; the places may not contradict each other; a record that turns to another identity is a conflict where the name is pinned,
 * and waits `LIMITS.domainRebindMs` elsewhere, counted from the first sight of it.
 */
export const weighDomain = (
  remembered: DomainMemory, seen: { readonly answers: DomainAnswers; readonly question: DomainQuestion }, now: number,
): { readonly memory: DomainMemory; readonly verdict: DomainVerdict } => {
  const force = inForce(seen.answers)
  const memory = withRivals(remembered, force, now)
  const verdict = judge(memory, { ...seen, force }, now)
  if (verdict.verdict !== 'proven' || force.by === 'nobody') return { memory, verdict }
  return { memory: withRivals({ ...memory, bound: settle(memory, force.claims, now) }, force, now), verdict }
}

interface Seen {
  readonly answers: DomainAnswers
  readonly question: DomainQuestion
  readonly force: InForce
}

const judge = (memory: DomainMemory, { answers, question, force }: Seen, now: number): DomainVerdict => {
  const { domain, name, identity, domains, pinned } = question
  const unproven = (reason: UnprovenReason, more: { readonly why?: string; readonly names?: IdentityId } = {}): DomainVerdict =>
    ({ verdict: 'unproven', domain, reason, ...more })
  const before = speakerFor(memory.bound, name)
  if (force.by === 'nobody') {
    if (force.reason === 'unclaimed' && before !== undefined) return unproven('record-gone', { names: before.identity })
    return unproven(force.reason, force.why === undefined ? {} : { why: force.why })
  }
  const claim = speakerFor(force.claims, name)
  const contradicted = contradiction(answers, name)
  if (contradicted !== undefined) return { verdict: 'conflict', kind: 'sources', domain, ...contradicted }
  if (claim === undefined) return unproven('not-covered')
  if (pinned !== undefined && pinned !== claim.identity) return { verdict: 'conflict', kind: 'rebound', domain, before: pinned, now: claim.identity }
  if (before !== undefined && before.identity !== claim.identity) {
    const place = before.prefix.length > claim.prefix.length ? before.prefix : claim.prefix
    const since = sightOf(memory.rivals, { ...claim, prefix: place })?.since ?? now
    const until = since + LIMITS.domainRebindMs
    const isParty = identity === before.identity || identity === claim.identity
    if (now < until && isParty) return { verdict: 'waiting', domain, before: before.identity, now: claim.identity, since, until }
  }
  if (claim.identity !== identity) return unproven('other-identity', { names: claim.identity })
  if (!domains.includes(domain)) return unproven('one-sided')
  const since = before?.identity === identity ? before.since : now
  return { verdict: 'proven', domain, by: force.by, prefix: claim.prefix, since }
}

/** Whom the places name, where TXT contradicts HTTPS: it may say less of a name, but nothing else and nothing more. */
const contradiction = ({ https, txt }: DomainAnswers, name: PackageName): { https?: IdentityId; txt: IdentityId } | undefined => {
  if (https.state !== 'found' || txt.state !== 'found') return undefined
  const [first, second] = [speakerFor(https.claims, name)?.identity, speakerFor(txt.claims, name)?.identity]
  if (second === undefined || first === second) return undefined
  return first === undefined ? { txt: second } : { https: first, txt: second }
}

const sightOf = (claims: readonly DatedClaim[], { prefix, identity }: DomainClaim): DatedClaim | undefined =>
  claims.find((claim) => claim.prefix === prefix && claim.identity === identity)

/** Where what is bound and what is claimed can differ first: two prefixes that reach one name disagree at the longer one. */
const placesOf = (bound: readonly DatedClaim[], claims: readonly DomainClaim[]): PackageName[] =>
  [...new Set([...claims, ...bound].map(({ prefix }) => prefix))]

/**
 * Who stands against what is bound, by place, with the first sight of each. One that is gone from the record begins anew when it comes back; a
 * domain that cannot be asked changes nothing.
 */
const withRivals = (memory: DomainMemory, force: InForce, now: number): DomainMemory => {
  if (force.by === 'nobody') return force.reason === 'unclaimed' ? { ...memory, rivals: [] } : memory
  const rivals = placesOf(memory.bound, force.claims).flatMap((prefix) => {
    const [before, claim] = [speakerFor(memory.bound, prefix), speakerFor(force.claims, prefix)]
    if (before === undefined || claim === undefined || before.identity === claim.identity) return []
    const rival = { prefix, identity: claim.identity }
    return [{ ...rival, since: sightOf(memory.rivals, rival)?.since ?? now }]
  })
  return { ...memory, rivals }
}

/**
 * What is bound after a proof: the record as it stands, because all of it was said at once, except where it has to wait. What it does not speak
 * of any more stays bound.
 */
const settle = ({ bound, rivals }: DomainMemory, claims: readonly DomainClaim[], now: number): readonly DatedClaim[] => {
  const settled = placesOf(bound, claims).flatMap((prefix): DatedClaim[] => {
    const [before, claim] = [speakerFor(bound, prefix), speakerFor(claims, prefix)]
    if (before === undefined) return claim === undefined ? [] : [{ prefix, identity: claim.identity, since: now }]
    if (claim === undefined || claim.identity === before.identity) return [{ ...before, prefix }]
    const since = sightOf(rivals, { prefix, identity: claim.identity })?.since ?? now
    return now < since + LIMITS.domainRebindMs ? [{ ...before, prefix }] : [{ prefix, identity: claim.identity, since: now }]
  })
  const shortestFirst = settled.sort((a, b) => a.prefix.length - b.prefix.length)
  const needed = shortestFirst.filter((claim, index) => speakerFor(shortestFirst.slice(0, index), claim.prefix)?.identity !== claim.identity)
  return needed.slice(0, 2 * LIMITS.domainClaims)
}
