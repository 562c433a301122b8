import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { ChainOp, FeedOp, PublicKey } from '#core'
import { type History, history, NAMES } from './random-history.conformance.ts'
import { viewIdentity } from './view-identity.ts'
import { oracleChain, oraclePackage, united } from './view-oracle.conformance.ts'
import { viewPackage } from './view-package.ts'
import { rounds } from '#testing'

/** Random histories, each in an order of its own, with some ops missing and some there several times: in four parts, so that none waits long. */
const HISTORIES = rounds(1000, 5000)
const PARTS = 4

type Shuffle = <T>(items: readonly T[]) => T[]

/** Doubles one of ten, mixes, and in every third history leaves out one of ten. */
const shuffle: fc.Arbitrary<Shuffle> = fc.infiniteStream(fc.nat(999)).map((numbers): Shuffle => {
  const next = (): number => numbers.next().value ?? 0
  const hasGaps = next() % 3 === 0
  return (items) => {
    const some = items.flatMap((item) => {
      const fate = next() % 10
      if (fate === 0) return [item, item]
      return fate === 1 && hasGaps ? [] : [item]
    })
    return some.map((item) => ({ item, place: next() })).sort((a, b) => a.place - b.place).map(({ item }) => item)
  }
})

type Ops = Pick<History, 'chain' | 'feeds'>

/** What the oracle says of these ops, as plain JSON, and what happened in them. */
const expected = ({ genesis }: History, { chain: copies, feeds }: Ops): { readonly view: unknown; readonly packages: readonly unknown[] } => {
  const oracle = oracleChain(genesis.identity, copies)
  if (oracle === undefined) return { view: undefined, packages: [] }
  const { chain, tips } = oracle
  const head = chain.at(-1)
  const revocations = chain.flatMap((op) => (op.type === 'roles' ? op.body.revoked : []))
  const headsOf = (key: PublicKey): object =>
    Object.fromEntries(revocations.filter((one) => one.key === key).flatMap((one) => one.feeds.map(({ name, head: last }) => [name, last])))
  const revoked = Object.fromEntries(revocations.map(({ key }) => [key, headsOf(key)]))
  return {
    view: { head: head?.id, seq: head?.seq, roles: head?.body, chain: chain.map(({ id }) => id), tips, at: tips.length > 0 ? head?.id : undefined, revoked },
    packages: NAMES.map((name) => oraclePackage(genesis.identity, name, { chain, ops: feeds })),
  }
}

const viewed = ({ genesis }: History, { chain, feeds }: Ops): ReturnType<typeof expected> => {
  const view = viewIdentity(genesis.identity, chain)
  if (view === undefined) return { view: undefined, packages: [] }
  const revoked = Object.fromEntries([...view.revoked].map(([key, heads]) => [key, Object.fromEntries(heads)]))
  const { head, seq, roles, forked } = view
  return {
    view: { head, seq, roles, chain: view.chain.map(({ id }) => id), tips: forked?.tips ?? [], at: forked?.at, revoked },
    packages: NAMES.map((name) => {
      const { releases, tags, suspended, staged, heads } = viewPackage(view, name, feeds)
      return {
        releases: [...releases].map(([slot, { version, release, rivals, standing, ...more }]) => {
          assert.equal(version, slot)
          return { slot, release: release.id, rivals: rivals.map(({ id }) => id), standing, ...more }
        }),
        tags: [...tags.values()],
        suspended,
        staged: staged.map(({ id }) => id),
        heads: [...heads].map(([feed, { seq: at, head: last }]) => ({ feed, seq: at, head: last })),
      }
    }),
  }
}

/** How many histories show what: a run in which something never happens shows nothing of it. */
const counters = (): { readonly see: (ops: Ops, one: ReturnType<typeof expected>) => void; readonly seen: Record<string, number> } => {
  const seen: Record<string, number> = {}
  const count = (what: string, isSeen: boolean): void => {
    seen[what] = (seen[what] ?? 0) + Number(isSeen)
  }
  return {
    seen,
    see: ({ chain, feeds }, { view, packages }) => {
      const [who, what] = [JSON.stringify(view ?? {}), JSON.stringify(packages)]
      count('no genesis', view === undefined)
      count('moved on', /"seq":[2-9]/.test(who))
      count('frozen', who.includes('"at":"'))
      count('decided', view !== undefined && !who.includes('"at":"') && new Set(chain.map(({ id }) => id)).size > (who.match(/bafyrei/g) ?? []).length)
      count('revoked', who.includes('"revoked":{"'))
      count('confirmed', /"revoked":\{"[^{]*\{"/.test(who) && what.includes('"head"'))
      count('staged', what.includes('"staged":["'))
      count('suspended', what.includes('"suspended":[{'))
      count('tagged', what.includes('"name":"latest","version"'))
      count('untagged', what.includes('"name":"beta","at"'))
      count('disputed', what.includes('disputed'))
      for (const standing of ['live', 'yanked', 'deprecated', 'withdrawn']) count(standing, what.includes(`"standing":"${standing}"`))
      const all = [...chain, ...feeds]
      count('co-signed', all.some((op) => united(all).some(({ id, signers }) => id === op.id && signers.size > op.signers.size)))
      count('two names', (what.match(/"heads":\[\{/g) ?? []).length > 1)
    },
  }
}

for (let part = 1; part <= PARTS; part++) {
  test(`views say what the rules say on ${HISTORIES} random histories, in any order, with copies and gaps: part ${part} of ${PARTS}`, (t) => {
    const { see, seen } = counters()
    fc.assert(fc.property(history, shuffle, (one, mixed) => {
      const ops = { chain: mixed(one.chain), feeds: mixed(one.feeds) }
      const right = expected(one, ops)
      assert.deepEqual(viewed(one, ops), right)
      see(ops, right)
    }), { numRuns: HISTORIES })
    t.diagnostic(Object.entries(seen).map(([what, times]) => `${what} ${times}`).join(', '))
    for (const [what, times] of Object.entries(seen)) assert(times > 0, `the histories are worth something: ${what} ${times}`)
  })
}

test('without forks, revocations and disputes more ops never take a release away', () => {
  fc.assert(fc.property(history, fc.nat(20), ({ genesis, feeds }, cut) => {
    const view = viewIdentity(genesis.identity, [genesis])
    if (view === undefined) return
    const linear = feeds.filter((op, index) =>
      feeds.findIndex(({ feed, seq, body }) => feed === op.feed && seq === op.seq && body.name === op.body.name) === index)
    for (const name of NAMES) {
      const some = viewPackage(view, name, linear.slice(0, cut))
      const whole = viewPackage(view, name, linear)
      assert(new Set(some.releases.keys()).isSubsetOf(new Set(whole.releases.keys())))
      assert.deepEqual(whole.suspended, [])
    }
  }), { numRuns: HISTORIES / 10 })
})

test('order and repetition change nothing', () => {
  fc.assert(fc.property(history, fc.infiniteStream(fc.nat()), (one, numbers) => {
    const shuffled = <T extends ChainOp | FeedOp>(items: readonly T[]): T[] =>
      [...items, ...items.slice(0, 3)].map((item) => ({ item, rank: numbers.next().value ?? 0 })).sort((a, b) => a.rank - b.rank).map(({ item }) => item)
    assert.deepEqual(viewed(one, { chain: shuffled(one.chain), feeds: shuffled(one.feeds) }), viewed(one, one))
  }), { numRuns: HISTORIES / 10 })
})
