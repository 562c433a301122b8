import type { FeedOp, OpId } from '#core'
import { groupBy } from './group.ts'

/** One key's chain about one package, as far as it is linear. */
export interface Feed {
  /** The ops that count, in order. */
  readonly line: readonly FeedOp[]
  /** Two or more successors of the end of the line: proof that the key is misused. Empty on a healthy feed. */
  readonly fork: readonly FeedOp[]
}

/** The ops from the first to the confirmed head; empty while the head or an op before it is missing. */
const confirmedPath = (ops: ReadonlyMap<OpId, FeedOp>, head: OpId): ReadonlySet<OpId> => {
  const path = new Set<OpId>()
  let op = ops.get(head)
  while (op !== undefined && !path.has(op.id)) {
    path.add(op.id)
    if (op.prev === undefined) return path
    op = ops.get(op.prev)
  }
  return new Set()
}

/**
 * Follows the feed from its first op: every op is the one successor of the op before it, its roles never older. `age` tells how new the
 * roles are that an op names. With a confirmed head (the key is revoked) only the path to that head counts, whatever else was signed.
 */
export const walkFeed = (ops: readonly FeedOp[], age: (op: FeedOp) => number, confirmedHead: OpId | undefined): Feed => {
  const path = confirmedHead === undefined ? undefined : confirmedPath(new Map(ops.map((op) => [op.id, op])), confirmedHead)
  const counted = path === undefined ? ops : ops.filter(({ id }) => path.has(id))
  const children = groupBy(counted, (op) => op.prev ?? 'first')
  const line: FeedOp[] = []
  for (;;) {
    const last = line.at(-1)
    const follows = (op: FeedOp): boolean => last === undefined || age(op) >= age(last)
    const next = (children.get(last?.id ?? 'first') ?? []).filter((op) => op.seq === line.length && follows(op))
    const [only] = next
    if (only === undefined || next.length > 1) return { line, fork: next }
    line.push(only)
  }
}
