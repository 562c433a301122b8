import type { AdvisoryBody, AdvisoryOp, EndorseOp, IdentityId, OpinionOp, PackageName, Severity } from '#core'
import { isAuthorised, isFullySigned, keysForOpinions } from './authorise.ts'
import { compareOps } from './compare-ops.ts'
import { mergeOps } from './merge-ops.ts'
import type { IdentityView } from './view-identity.ts'

/** An advisory that nobody took back. */
export interface StandingAdvisory extends AdvisoryOp {
  readonly body: AdvisoryBody & { readonly severity: Exclude<Severity, 'none'> }
}

/** What the opinions of one publisher add up to. */
export interface OpinionsView {
  /** What it thinks of others, by whom and by name; `*` stands for every name. The newest word on each, also one that takes an earlier one back. */
  readonly endorsements: ReadonlyMap<IdentityId, ReadonlyMap<PackageName | '*', EndorseOp>>
  /** What it advises against, by whose package it is and by name: of each range the newest, in the order of (at, id), without those that were taken back. */
  readonly advisories: ReadonlyMap<IdentityId, ReadonlyMap<PackageName, readonly StandingAdvisory[]>>
  /** What waits for more signatures and would change something with them, in the order of (at, id): until then it says nothing. */
  readonly staged: readonly OpinionOp[]
  /** Unix seconds after which something of this has expired. */
  readonly until?: number
}

/**
 * What a publisher says of others, out of a set of its ops under its roles: order, duplicates and foreign ops do not matter. What a key that was
 * revoked has said is void, whenever it said it: nothing shows when it did. Never throws, never recurses.
 */
export const viewOpinions = (identity: IdentityView, ops: Iterable<OpinionOp>, nowSeconds: number): OpinionsView => {
  const { counted, waiting } = weighOps(identity, ops)
  const endorsements = new Map<IdentityId, Map<PackageName | '*', EndorseOp>>()
  const advisories = new Map<IdentityId, Map<PackageName, Map<string, AdvisoryOp>>>()
  const ends: number[] = []
  for (const op of counted.toSorted(compareOps)) {
    if (op.type === 'advisory') {
      const { target, name, range } = op.body
      inner(inner(advisories, target), name).set(range, op)
      continue
    }
    const { target, names, expires } = op.body
    if (expires !== undefined && expires < nowSeconds) continue
    if (expires !== undefined) ends.push(expires)
    for (const name of names.length === 0 ? (['*'] as const) : names) inner(endorsements, target).set(name, op)
  }
  const standing = new Map([...advisories].map(([target, byName]) => [target, new Map([...byName].map(([name, byRange]) => [name, listOf(byRange)]))]))
  const isMoot = (op: OpinionOp): boolean => {
    if (op.type === 'advisory') return isLater(advisories.get(op.body.target)?.get(op.body.name)?.get(op.body.range), op)
    const { target, names, expires } = op.body
    const words = endorsements.get(target)
    const isSaid = isLater(words?.get('*'), op) || (names.length > 0 && names.every((name) => isLater(words?.get(name), op)))
    return isSaid || (expires !== undefined && expires < nowSeconds)
  }
  const staged = waiting.filter((op) => !isMoot(op)).sort(compareOps)
  return { endorsements, advisories: standing, staged, ...(ends.length > 0 && { until: ends.reduce((least, end) => Math.min(least, end)) }) }
}

/** The last word on what a publisher has under a name: what was said of that name or of all of its names, whichever is newer. */
export const endorsementOf = ({ endorsements }: OpinionsView, target: IdentityId, name: PackageName): EndorseOp | undefined => {
  const [special, general] = [endorsements.get(target)?.get(name), endorsements.get(target)?.get('*')]
  if (special === undefined || general === undefined) return special ?? general
  return compareOps(special, general) > 0 ? special : general
}

/** What counts, and what would with more signatures. */
const weighOps = (identity: IdentityView, ops: Iterable<OpinionOp>): { readonly counted: readonly OpinionOp[]; readonly waiting: readonly OpinionOp[] } => {
  const chain = new Map(identity.chain.map(({ id, body }) => [id, { roles: body, keys: keysForOpinions(body) }]))
  const [counted, waiting]: [OpinionOp[], OpinionOp[]] = [[], []]
  for (const op of mergeOps(ops).values()) {
    const link = chain.get(op.body.roles)
    if (op.identity !== identity.identity || identity.revoked.has(op.key) || link === undefined) continue
    if (isFullySigned(op, link.roles, link.keys)) counted.push(op)
    else if (isAuthorised(op, link.roles)) waiting.push(op)
  }
  return { counted, waiting }
}

const isLater = (word: OpinionOp | undefined, than: OpinionOp): boolean => word !== undefined && compareOps(word, than) > 0

const inner = <K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> => {
  const found = map.get(key) ?? new Map<L, V>()
  map.set(key, found)
  return found
}

const isStanding = (op: AdvisoryOp): op is StandingAdvisory => op.body.severity !== 'none'

const listOf = (byRange: ReadonlyMap<string, AdvisoryOp>): readonly StandingAdvisory[] => [...byRange.values()].filter(isStanding).sort(compareOps)
