import { type Evidence, type IdentityId, type NameClaim, type NameVerdict } from '#core'

/** Strongest first. What stands in front outweighs everything after it; between equals nothing decides. */
const ORDER: readonly Evidence['kind'][] = ['pinned', 'locked', 'chosen', 'namespace', 'domain', 'endorsed']

/** What can never be overruled silently: when two of these name different publishers, a person has to decide. */
const BINDING: ReadonlySet<Evidence['kind']> = new Set(['pinned', 'locked', 'chosen', 'namespace'])

const weight = ({ kind }: Evidence): number => ORDER.indexOf(kind)

/** Evidence, strongest first. */
export const byWeight = (evidence: readonly Evidence[]): readonly Evidence[] => evidence.toSorted((a, b) => weight(a) - weight(b))

interface Voice {
  readonly identity: IdentityId
  readonly evidence: Evidence
}

/**
 * Whom a name means, by what speaks for each publisher that has something under it. Never who was first, and never who has the higher version. A claim that
 * is blocked speaks for nobody, except that the one that was bound to the name is not replaced by another.
 */
export const weighClaims = (claims: readonly NameClaim[]): NameVerdict => {
  const voices = claims.flatMap(({ identity, evidence }) => evidence.map((one): Voice => ({ identity, evidence: one })))
  const [first, ...others] = voices.filter(({ evidence }) => BINDING.has(evidence.kind)).toSorted((a, b) => weight(a.evidence) - weight(b.evidence))
  if (first !== undefined) {
    const rival = others.find(({ identity }) => identity !== first.identity)
    if (rival !== undefined) return { outcome: 'changed', pinned: first.identity, other: rival.identity, evidence: rival.evidence }
    return blockOf(claims, first.identity) ?? { outcome: 'trusted', ...first }
  }
  return weighOpen(claims.filter(({ blocked }) => blocked === undefined)) ?? allBlocked(claims)
}

/** Nobody is bound to the name: the strongest evidence decides, if it names one publisher. */
const weighOpen = (claims: readonly NameClaim[]): NameVerdict | undefined => {
  for (const kind of ORDER) {
    const named = claims.flatMap(({ identity, evidence }) => evidence.filter((one) => one.kind === kind).map((one): Voice => ({ identity, evidence: one })))
    const [only, second] = named
    if (second !== undefined) return { outcome: 'contested' }
    if (only !== undefined) return { outcome: 'trusted', ...only }
  }
  const [single, another] = claims
  if (another !== undefined) return { outcome: 'contested' }
  return single === undefined ? undefined : { outcome: 'unverified', identity: single.identity }
}

const blockOf = (claims: readonly NameClaim[], identity: IdentityId): NameVerdict | undefined => {
  const block = claims.find((claim) => claim.identity === identity)?.blocked
  return block === undefined ? undefined : { outcome: 'blocked', identity, block }
}

const allBlocked = (claims: readonly NameClaim[]): NameVerdict => {
  const [first] = claims
  return first?.blocked === undefined ? { outcome: 'unknown' } : { outcome: 'blocked', identity: first.identity, block: first.blocked }
}
