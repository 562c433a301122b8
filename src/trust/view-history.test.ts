import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  type ChainOp, digestOf, type FeedOp, type GenesisOp, type Op, type OpId, type PackageName, type PublicKey, type Role, type Roles, type RolesOp,
  sha512FromBytes, type StatusState, type Version, versionSlot,
} from '#core'
import { encodePayload } from './encode-payload.ts'
import { sealEnvelope } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { globCovers } from './name-glob.ts'
import type { OpDraft } from './op-draft.ts'
import { reopenOp } from './open-op.ts'
import { viewIdentity } from './view-identity.ts'
import { viewPackage } from './view-package.ts'

/** Random histories against a slow model that follows the rules in the plainest way. More by setting GGEN_TEST_RUNS. */
const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 100)
const NAME = 'io.tool' as PackageName
const KEYS = Array.from({ length: 8 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n + 1)).publicKey)
const keyOf = (n: number): PublicKey => KEYS[n] as PublicKey

/** Signatures are not what is tested here. */
const made = <T extends Op>(draft: OpDraft, signers: readonly number[]): T =>
  reopenOp(sealEnvelope(encodePayload(draft), signers.map((n) => ({ key: keyOf(n), signature: new Uint8Array(64) })))) as T

const usual: Roles = {
  root: { keys: [0, 1, 2].map(keyOf), need: 2 },
  recovery: { keys: [keyOf(3)], need: 1 },
  release: [{ key: keyOf(4), names: ['*'] }, { key: keyOf(5), names: ['io.*'] }],
  need: 1,
}

const VARIANTS: readonly Partial<Roles>[] = [
  {},
  { need: 2 },
  { human: 1, release: [{ key: keyOf(4), names: ['*'], auto: true }, { key: keyOf(5), names: ['*'] }] },
  { release: [{ key: keyOf(6), names: ['*'] }] },
  { root: { keys: [keyOf(7)], need: 1 } },
  { recovery: { keys: [], need: 0 } },
  { release: [{ key: keyOf(4), names: ['*'], expires: 3 }, { key: keyOf(5), names: ['other'] }] },
]
const SIGNERS: readonly (readonly number[])[] = [[0, 1], [1, 2], [0, 2], [0, 1, 7], [0, 1, 2], [3, 0, 7], [3, 0, 1], [0], [7]]
const VERSIONS = ['1.0.0', '1.1.0', '1.0.0+x', '2.0.0'] as Version[]
const STATES: readonly StatusState[] = ['live', 'yanked', 'deprecated']

const genesis = made<GenesisOp>({ type: 'genesis', at: 0, seq: 0, body: { ...usual, nonce: new Uint8Array(16) } }, [0, 1])

interface Step { readonly kind: number; readonly a: number; readonly b: number; readonly c: number; readonly d: number }
const step: fc.Arbitrary<Step> = fc.record({ kind: fc.nat(9), a: fc.nat(99), b: fc.nat(99), c: fc.nat(99), d: fc.nat(99) })

const pick = <T>(items: readonly T[], n: number): T => items[n % items.length] as T
/** Newer ones are likelier, so that chains grow. */
const late = <T>(items: readonly T[], n: number): T | undefined => items[items.length - 1 - Math.floor((n * n) / 10_000 * items.length)]

const rolesStep = (chain: readonly ChainOp[], feeds: readonly FeedOp[], { a, b, c, d }: Step): RolesOp => {
  const prev = (b % 3 === 0 ? pick(chain, a) : late(chain, a)) ?? genesis
  const head = late(feeds, d)
  const revoked = d % 3 === 0 && head !== undefined ? [{ key: head.feed, feeds: d % 2 === 0 ? [{ name: NAME, head: head.id }] : [] }] : []
  const body = { ...usual, ...pick(VARIANTS, b), revoked, domains: [] }
  return made({ type: 'roles', identity: genesis.identity, at: 0, seq: prev.seq + (a === 98 ? 2 : 1), prev: prev.id, body }, pick(SIGNERS, c))
}

const feedStep = (chain: readonly ChainOp[], feeds: readonly FeedOp[], { kind, a, b, c, d }: Step): FeedOp => {
  const key = 4 + (a % 10 < 6 ? 0 : a % 3)
  const prev = late(feeds.filter(({ feed }) => feed === keyOf(key)), b)
  const common = {
    identity: genesis.identity, feed: keyOf(key), at: d % 5, ...(prev === undefined || b === 99 ? { seq: 0 } : { seq: prev.seq + 1, prev: prev.id }),
  }
  const named = { roles: (late(chain, c) ?? genesis).id, name: NAME }
  const cosigners = [4, 5].filter((n) => n !== key && d % 3 === 0)
  const verdict = { version: d % 4 === 0 ? '*' : pick(VERSIONS, d), state: pick(STATES, a) } as const
  if (kind === 9) return made({ type: 'status', ...common, body: { ...named, ...verdict } }, [key, ...cosigners])
  const bytes = Uint8Array.of(c % 2)
  return made({
    type: 'release', ...common, body: {
      ...named, version: pick(VERSIONS, a + d), kind: 'tgz',
      artifact: { digest: digestOf(bytes), sha512: sha512FromBytes(new Uint8Array(64).fill(c % 2)), sizeBytes: 1 },
      metadata: { digest: digestOf(bytes), sizeBytes: 1 },
      summary: { title: '', description: '', tags: [], category: '', license: '', author: '' }, scripts: false, bins: 0, dependencies: 0, provenance: [],
    },
  }, [key, ...cosigners])
}

interface History { readonly chain: readonly ChainOp[]; readonly feeds: readonly FeedOp[] }
/** Of ten steps so many are roles ops. */
const historyWith = (rolesOfTen: number): fc.Arbitrary<History> => fc.array(step, { maxLength: 25 }).map((steps): History => {
  const chain: ChainOp[] = [genesis]
  const feeds: FeedOp[] = []
  for (const one of steps) {
    if (one.kind < rolesOfTen) chain.push(rolesStep(chain, feeds, one))
    else feeds.push(feedStep(chain, feeds, one))
  }
  return { chain, feeds }
})
const history = fc.oneof(historyWith(2), historyWith(6))

const met = ({ keys, need }: Role, signers: ReadonlySet<PublicKey>): boolean => need > 0 && keys.filter((key) => signers.has(key)).length >= need

/** The model: recursion and repeated scans instead of maps and passes. */
const union = <T extends Op>(ops: readonly T[]): T[] =>
  [...new Set(ops.map(({ id }) => id))].map((id) => {
    const same = ops.filter((op) => op.id === id)
    return { ...(same[0] as T), signers: new Set(same.flatMap(({ signers }) => [...signers])) }
  })

const modelChain = (ops: readonly ChainOp[]): { chain: ChainOp[]; tips: OpId[] } => {
  const childrenOf = (parent: ChainOp): RolesOp[] => ops.filter((op) => op.type === 'roles').filter(({ prev }) => prev === parent.id)
  const authority = (op: RolesOp, parent: ChainOp): number => {
    if (op.seq !== parent.seq + 1 || !met(op.body.root, op.signers)) return 0
    if (met(parent.body.recovery, op.signers)) return 3
    const sameRecovery = JSON.stringify(op.body.recovery) === JSON.stringify(parent.body.recovery)
    return met(parent.body.root, op.signers) && (sameRecovery || parent.body.recovery.need === 0) ? 2 : 0
  }
  const branch = (op: RolesOp, parent: ChainOp): number => {
    const own = authority(op, parent)
    return own === 0 ? 0 : Math.max(own, ...childrenOf(op).map((child) => branch(child, op)))
  }
  const follow = (chain: ChainOp[]): { chain: ChainOp[]; tips: OpId[] } => {
    const head = chain.at(-1) as ChainOp
    const ranked = childrenOf(head).map((op) => ({ op, rank: branch(op, head) })).filter(({ rank }) => rank > 0)
    const best = ranked.filter(({ rank }) => rank === Math.max(...ranked.map((one) => one.rank)))
    if (best.length === 1) return follow([...chain, (best[0] as { op: RolesOp }).op])
    return { chain, tips: best.map(({ op }) => op.id).sort() }
  }
  return follow([genesis])
}

const modelPackage = (chain: readonly ChainOp[], all: readonly FeedOp[]): unknown => {
  const ageOf = (op: FeedOp): number => chain.findIndex(({ id }) => id === op.body.roles)
  const signedBy = (op: FeedOp): { feed: boolean; keys: number; humans: number; roles: Roles } | undefined => {
    const roles = chain[ageOf(op)]?.body
    if (roles === undefined) return undefined
    const mayUse = (names: readonly string[]): boolean => names.some((glob) => globCovers(glob, NAME))
    const keys = roles.release.filter(({ key, names, expires }) => op.signers.has(key) && mayUse(names) && (expires ?? 9) >= op.at)
    const humans = keys.filter(({ auto }) => auto !== true)
    return { feed: keys.some(({ key }) => key === op.feed), keys: keys.length, humans: humans.length, roles }
  }
  const counts = (op: FeedOp): boolean => {
    const signed = signedBy(op)
    return signed !== undefined && signed.keys >= signed.roles.need && signed.humans >= (signed.roles.human ?? 0)
  }
  const ops = all.filter((op) => signedBy(op)?.feed === true)
  const feeds = [...new Set(ops.map(({ feed }) => feed))].sort().flatMap((feed) => {
    const revocation = chain.flatMap((op) => (op.type === 'roles' ? op.body.revoked : [])).findLast(({ key }) => key === feed)
    const head = revocation?.feeds[0]?.head
    if (revocation !== undefined && head === undefined) return []
    const reaches = (op: FeedOp): boolean => op.id === head || ops.some((next) => next.feed === feed && next.prev === op.id && reaches(next))
    const grow = (line: FeedOp[]): { line: FeedOp[]; fork: FeedOp[] } => {
      const last = line.at(-1)
      if (last !== undefined && last.id === head) return { line, fork: [] }
      const after = ops.filter((op) => op.feed === feed && op.prev === last?.id && op.seq === line.length)
      const next = after.filter((op) => last === undefined || ageOf(op) >= ageOf(last))
      const kept = head === undefined ? next : next.filter(reaches)
      return kept.length === 1 ? grow([...line, kept[0] as FeedOp]) : { line, fork: kept }
    }
    return [{ feed, ...grow([]) }]
  })
  const order = (a: FeedOp, b: FeedOp): number => a.at - b.at || (a.id < b.id ? -1 : 1)
  const releases = (list: readonly FeedOp[]) => list.filter((op) => op.type === 'release')
  const slotOf = (op: ReturnType<typeof releases>[number]): Version => versionSlot(op.body.version)
  const contradicting = feeds.flatMap(({ fork }) =>
    releases(fork.filter(counts)).filter((op) => releases(fork.filter(counts)).some((rival) =>
      slotOf(rival) === slotOf(op) && rival.body.artifact.sha512 !== op.body.artifact.sha512)))
  const said = feeds.flatMap(({ line }) => line).filter(counts)
  const claims = [...releases(said), ...contradicting].sort(order)
  const statuses = said.filter((op) => op.type === 'status').sort(order)
  const slots = [...new Set(claims.map(slotOf))].sort().map((slot) => {
    const [first, ...rest] = claims.filter((op) => slotOf(op) === slot)
    const rivals = rest.filter((op) => op.body.artifact.sha512 !== first?.body.artifact.sha512)
    const last = statuses.filter(({ body }) => body.version === '*' || versionSlot(body.version) === slot).at(-1)?.body.state ?? 'live'
    return [slot, { release: first?.id, standing: rivals.length > 0 ? 'disputed' : last, rivals: rivals.map(({ id }) => id) }]
  })
  const suspended = feeds.filter(({ fork }) => fork.length > 1).map(({ feed, line }) => ({ feed, at: line.at(-1)?.id }))
  return { slots, suspended, heads: feeds.filter(({ line }) => line.length > 0).map(({ feed, line }) => [feed, line.at(-1)?.id]) }
}

const viewOf = ({ chain, feeds }: History): unknown => {
  const view = viewIdentity(genesis.identity, chain)
  assert(view !== undefined)
  const { releases, suspended, heads } = viewPackage(view, NAME, feeds)
  const slots = [...releases].map(([slot, { release, standing, rivals }]) => [slot, { release: release.id, standing, rivals: rivals.map(({ id }) => id) }])
  const ends = [...heads].map(([key, { head }]) => [key, head])
  return { chain: view.chain.map(({ id }) => id), tips: view.forked?.tips ?? [], package: { slots, suspended, heads: ends } }
}

test('views agree with the model on random histories', () => {
  const seen = { forked: 0, suspended: 0, disputed: 0, moved: 0 }
  fc.assert(fc.property(history, (one) => {
    const { chain, tips } = modelChain(union(one.chain))
    const expected = { chain: chain.map(({ id }) => id), tips, package: modelPackage(chain, union(one.feeds)) }
    assert.deepEqual(viewOf(one), expected)
    const text = JSON.stringify(expected)
    seen.forked += Number(tips.length > 0)
    seen.moved += Number(chain.length > 1)
    seen.suspended += Number(text.includes('"at"'))
    seen.disputed += Number(text.includes('disputed'))
  }), { numRuns: 3 * RUNS })
  for (const [what, times] of Object.entries(seen)) assert(times > 0 || RUNS < 100, `the histories are worth something: ${what}`)
})

test('order and repetition change nothing', () => {
  fc.assert(fc.property(history, fc.infiniteStream(fc.nat()), (one, numbers) => {
    const shuffled = <T>(items: readonly T[]): T[] =>
      [...items, ...items.slice(0, 3)].map((item) => ({ item, rank: numbers.next().value ?? 0 })).sort((a, b) => a.rank - b.rank).map(({ item }) => item)
    assert.deepEqual(viewOf({ chain: shuffled(one.chain), feeds: shuffled(one.feeds) }), viewOf(one))
  }), { numRuns: RUNS })
})

test('without forks, revocations and disputes more ops never take a release away', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), fc.nat(20), (steps, cut) => {
    const feeds: FeedOp[] = []
    for (const one of steps) {
      const next = feedStep([genesis], feeds, { ...one, b: 0 })
      if (!feeds.some(({ feed, seq }) => feed === next.feed && seq === next.seq)) feeds.push(next)
    }
    const view = viewIdentity(genesis.identity, [genesis])
    assert(view !== undefined)
    const [some, all] = [feeds.slice(0, cut), feeds].map((ops) => new Set(viewPackage(view, NAME, ops).releases.keys()))
    assert(some?.isSubsetOf(all ?? new Set()))
    assert.deepEqual(viewPackage(view, NAME, feeds).suspended, [])
  }), { numRuns: RUNS })
})
