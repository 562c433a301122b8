import assert from 'node:assert/strict'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from 'node:test'
import { digestOf, type IdentityId, isGgenError, LIMITS, type OpId } from '#core'
import type { SearchQuery } from '#marketplace'
import { inTurns, rounds, seeded, temporaryFolder } from '#testing'
import { packages } from '../../bench/catalogue/packages.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const PACKAGES = rounds(3000, 100_000)
const ORDINARY = 500
const HOSTILE = rounds(1000, 10_000)
/** How much longer than ordinary ones the slowest of a hundred may take. */
const RATIO = 20

const idOf = (text: string): OpId => `bafyrei${digestOf(Buffer.from(text)).slice(-52)}` as OpId

const fill = ({ catalogue }: RealNode): readonly string[] => {
  const words = new Set<string>()
  catalogue.transact(() => {
    for (const { name, summary, versions, scripts } of packages(7, PACKAGES, 0)) {
      const newest = versions.at(-1)
      if (newest === undefined) continue
      for (const word of name.split(/[^a-z0-9]+/)) words.add(word)
      catalogue.putEntry({
        ...summary, identity: idOf('publisher') as IdentityId, name, version: newest.version, digest: digestOf(Buffer.from(name)), kind: 'tgz', scripts,
        deprecated: false, at: newest.at, known: newest.at, op: idOf(name),
      })
    }
  })
  return [...words]
}

const random = seeded('adversarial queries')
const below = (limit: number): number => Math.floor(random.fraction() * limit)
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T

/** What means something to SQLite, to its full-text index, to regular expressions, to shells, or to nobody. */
const PIECES: readonly (() => string)[] = [
  () => pick(['"', "'", '*', '(', ')', '^', ':', '-', '+', ';', '\\', '%', '_', '--', '/*', '\0', '\n', '{', '}', '[', '§n', '§t', '§']),
  () => pick(['AND', 'OR', 'NOT', 'NEAR', 'NEAR(a b, 1000000)', 'name:', 'rank', 'rowid', 'MATCH', 'a*', '^a', '-a', "' OR 1=1 --", '"a" OR "b"*']),
  () => pick(['(a+)+$', '(a|a)*b', '(.*)*'.repeat(10), '^(([a-z])+.)+[A-Z]([a-z])+$', '\\p{L}'.repeat(20), '(?=a)'.repeat(20)]),
  () => pick(['a', 'e', 's', 'o', 'the', 'cli', 'web', 'r']),
  () => 'a'.repeat(1 + below(LIMITS.queryChars)),
  () => Array.from({ length: LIMITS.queryWords }, () => pick(['a', 'b', 'c', 'd', 'e', 'i', 'l', 'm', 'n', 'o', 'p', 'r', 's', 't', 'u', 'w'])).join(' '),
  () => 'é̂̃'.repeat(1 + below(60)),
  () => '\u202e\u2066\u200b\ufeff'.repeat(1 + below(20)),
  () => 'ﷺ'.repeat(1 + below(LIMITS.queryChars)),
  () => '\ud800'.repeat(1 + below(20)),
  () => Buffer.from(random.bytes(1 + below(200))).toString('latin1'),
  () => 'x '.repeat(below(LIMITS.queryChars)),
]

/** Mostly as long as a query may be, or shorter: what is longer is refused before it can cost anything. */
const hostileText = (): string => {
  const text = Array.from({ length: 1 + below(4) }, () => pick(PIECES)()).join(pick(['', ' ', ' OR ', '*', '"']))
  return below(20) === 0 ? text : text.slice(0, LIMITS.queryChars)
}

const hostileQuery = (): SearchQuery => ({
  words: [hostileText()],
  ...(below(4) === 0 && { tags: Array.from({ length: 1 + below(4) }, hostileText) }),
  ...(below(8) === 0 && { category: hostileText() }),
  ...(below(8) === 0 && { author: hostileText() }),
  ...(below(20) === 0 && { cursor: hostileText() }),
  ...(below(20) === 0 && { limit: pick([-1, 0, 1, LIMITS.searchResults, 1e9, Number.NaN]) }),
  ...(below(20) === 0 && { since: pick([-1, 0, 2 ** 53, Number.NaN]) }),
})

interface Figures {
  readonly p99Ms: number
  readonly loopP99Ms: number
  readonly refused: number
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

const ask = async ({ marketplace }: RealNode, queries: readonly SearchQuery[]): Promise<Figures> => {
  const loop = monitorEventLoopDelay({ resolution: 5 })
  let refused = 0
  loop.enable()
  const took = await inTurns(queries, 2, async (query) => {
    const began = performance.now()
    try {
      await marketplace.search(query, never)
    } catch (error) {
      assert.ok(isGgenError(error, 'query-invalid'), `${JSON.stringify(query)}: ${String(error)}`)
      refused += 1
    }
    return performance.now() - began
  })
  loop.disable()
  return { p99Ms: quantile(took.sort((a, b) => a - b), 0.99), loopP99Ms: loop.percentile(99) / 1e6, refused }
}

test(`${HOSTILE} hostile queries among ${PACKAGES} packages: typed errors only, and nobody else has to wait`, async (t) => {
  await using work = await temporaryFolder()
  await using node = await openRealNode({ folder: join(work.path, 'node') })
  const words = fill(node)
  const ordinary = await ask(node, Array.from({ length: ORDINARY }, () => ({ words: [pick(words), pick(words).slice(0, 3)] })))
  const hostile = await ask(node, Array.from({ length: HOSTILE }, hostileQuery))
  const round = (ms: number): number => Math.round(ms * 10) / 10
  t.diagnostic(`p99 of a query ${round(hostile.p99Ms)} ms (ordinary ones ${round(ordinary.p99Ms)} ms), p99 of the event loop's delay ` +
    `${round(hostile.loopP99Ms)} ms (${round(ordinary.loopP99Ms)} ms); ${hostile.refused} of ${HOSTILE} were refused as malformed`)
  assert.equal(ordinary.refused, 0)
  assert.ok(hostile.refused > 0 && hostile.refused < HOSTILE / 2, `${hostile.refused} were refused`)
  assert.ok(hostile.p99Ms < RATIO * ordinary.p99Ms, `${hostile.p99Ms} ms for ${ordinary.p99Ms} ms`)
  assert.ok(hostile.loopP99Ms < RATIO * ordinary.loopP99Ms, `${hostile.loopP99Ms} ms for ${ordinary.loopP99Ms} ms`)
})
