import fc from 'fast-check'
import {
  type ChainOp, digestOf, type FeedOp, type GenesisOp, type Op, type PackageName, type PublicKey, type ReleaseKey, type Role, type Roles, type RolesOp,
  sha512FromBytes, type StatusState, type Version,
} from '#core'
import { encodePayload } from './encode-payload.ts'
import { sealEnvelope } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import type { OpDraft } from './op-draft.ts'
import { reopenOp } from './open-op.ts'

/** Keys 0 to 2 are root, 3 and 4 recovery, 5 to 8 release, 9 becomes root later, 10 is anybody's. */
const KEYS = Array.from({ length: 11 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n + 1)).publicKey)
const [ROOTS, RECOVERIES, RELEASERS] = [[0, 1, 2], [3, 4], [5, 6, 7, 8]] as const
const NEW_ROOT = 9
const STRANGER = 10

const keyOf = (n: number): PublicKey => KEYS[n] as PublicKey
const role = (keys: readonly number[], need: number): Role => ({ keys: keys.map(keyOf), need })

/** The packages that the histories are about. */
export const NAMES = ['io.tool', 'io.tool.more', 'io.tool/thing', '@scope/thing'] as unknown as readonly [PackageName, ...PackageName[]]
const VERSIONS = ['1.0.0', '1.1.0', '1.0.0+x', '2.0.0'] as Version[]
const STATES: readonly StatusState[] = ['live', 'yanked', 'deprecated', 'withdrawn']
const LATEST_AT = 6
/** The first of four are used most, so that there is something to fork and to contradict. */
const OFTEN = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3]

/** Signatures are not what views are about. */
const made = <T extends Op>(draft: OpDraft, signers: readonly number[]): T =>
  reopenOp(sealEnvelope(encodePayload(draft), [...new Set(signers)].map((n) => ({ key: keyOf(n), signature: new Uint8Array(64) })))) as T

const everyName: readonly ReleaseKey[] = RELEASERS.slice(0, 2).map((n) => ({ key: keyOf(n), names: ['*'] }))

const usual: Roles = { root: role(ROOTS, 2), recovery: role([RECOVERIES[0]], 1), release: everyName, need: 1 }

const genesisOf = (body: Roles, signers: readonly number[], nonce = 0): GenesisOp =>
  made({ type: 'genesis', at: 0, seq: 0, body: { ...body, nonce: new Uint8Array(16).fill(nonce) } }, signers)

const GENESES = [
  genesisOf(usual, [0, 1]), genesisOf({ ...usual, need: 2 }, [0, 1, 2]), genesisOf({ ...usual, recovery: role([], 0) }, [1, 2]),
  genesisOf({ ...usual, recovery: role(RECOVERIES, 2), human: 1, release: [...everyName, { key: keyOf(7), names: ['io.*'], auto: true }] }, [0, 2]),
  genesisOf(usual, [0]),
] as const
/** Of somebody else, who has nothing to say here. */
const FOREIGN = genesisOf(usual, [0, 1], 1)

/** What a roles op changes of the roles before it. */
const CHANGES: readonly Partial<Roles>[] = [
  {}, { need: 2 }, { need: 1, human: 0 }, { root: role([NEW_ROOT], 1) }, { root: role([0, 1, NEW_ROOT], 2) }, { recovery: role([], 0) },
  { recovery: role([RECOVERIES[1]], 1) }, { release: everyName },
  { release: [{ key: keyOf(5), names: ['*'], auto: true }, { key: keyOf(6), names: ['*'] }], human: 1 },
  { release: [{ key: keyOf(6), names: ['io.*', '@scope/*'] }, { key: keyOf(7), names: ['*'] }] },
  { release: [{ key: keyOf(5), names: ['*'], expires: 3 }, { key: keyOf(8), names: ['@scope/*', 'io.tool/*'] }] },
]
const ROOT_SIGNERS: readonly (readonly number[])[] = [
  [0, 1], [1, 2], [0, 2, NEW_ROOT], [0, 1, NEW_ROOT], [3, 0, 1], [3, NEW_ROOT], [3, 4, 0, 1], [0], [NEW_ROOT], [STRANGER], [0, 1, 2], [0, 1, 2, 3, 4, NEW_ROOT],
]

interface Step { readonly kind: number; readonly a: number; readonly b: number; readonly c: number; readonly d: number }
const step: fc.Arbitrary<Step> = fc.record({ kind: fc.nat(9), a: fc.nat(99), b: fc.nat(99), c: fc.nat(99), d: fc.nat(99) })

const pick = <T>(items: readonly T[], n: number): T => items[n % items.length] as T
/** Newer ones are likelier, so that chains grow. */
const late = <T>(items: readonly T[], n: number): T | undefined => items[items.length - 1 - Math.floor((n * n) / 10_000 * items.length)]

/** Ops, in an order in which they can have come into being: some of them as copies that are signed by halves. */
export interface History {
  readonly genesis: GenesisOp
  readonly chain: readonly ChainOp[]
  readonly feeds: readonly FeedOp[]
}

/** Who forks takes an older op; who jumps leaves a place out; every third one revokes somebody. */
const rolesStep = (genesis: GenesisOp, { chain, feeds }: Pick<History, 'chain' | 'feeds'>, { a, b, c, d }: Step): RolesOp => {
  const prev = (b % 4 === 0 ? pick(chain, a) : late(chain, a)) ?? genesis
  const heads = NAMES.flatMap((name) => late(feeds.filter(({ body }) => body.name === name), d) ?? []).slice(0, 1 + (d % 3))
  const [first] = heads
  const named = d % 2 === 0 ? heads.filter(({ feed }) => feed === first?.feed).map(({ body, id }) => ({ name: body.name, head: id })) : []
  const { nonce: _nonce, revoked: _revoked, domains: _domains, ...kept }: Roles & { nonce?: unknown; revoked?: unknown; domains?: unknown } = prev.body
  const body = { ...kept, ...pick(CHANGES, b), revoked: d % 3 === 0 && first !== undefined ? [{ key: first.feed, feeds: named }] : [], domains: [] }
  const identity = c === 97 ? FOREIGN.identity : genesis.identity
  return made({ type: 'roles', identity, at: d % LATEST_AT, seq: prev.seq + (a === 98 ? 2 : 1), prev: prev.id, body }, pick(ROOT_SIGNERS, c))
}

/** Four archives: each of the others differs from the first in one thing only. */
const ARTIFACTS = [{}, { digest: digestOf(Uint8Array.of(1)) }, { sha512: sha512FromBytes(new Uint8Array(64).fill(1)) }, { sizeBytes: 2 }].map((change) => ({
  digest: digestOf(Uint8Array.of(0)), sha512: sha512FromBytes(new Uint8Array(64)), sizeBytes: 1, ...change,
}))

const feedStep = (genesis: GenesisOp, { chain, feeds }: Pick<History, 'chain' | 'feeds'>, { kind, a, b, c, d }: Step): FeedOp => {
  const [key, name] = [pick(RELEASERS, OFTEN[Math.floor(a / 10)] ?? 0), pick(NAMES, OFTEN[Math.floor(d / 10)] ?? 0)]
  const prev = late(feeds.filter(({ feed, body }) => feed === keyOf(key) && body.name === name), b)
  const common = {
    identity: c === 98 ? FOREIGN.identity : genesis.identity, feed: keyOf(key), at: d % LATEST_AT,
    ...(prev === undefined || b === 99 ? { seq: 0 } : { seq: prev.seq + (a % 10 === 7 && a > 50 ? 2 : 1), prev: prev.id }),
  }
  const named = { roles: (late(chain, c) ?? genesis).id, name }
  const signers = [key, ...(d % 3 === 0 ? RELEASERS : []), ...(d % 5 === 0 ? [6] : []), ...(d % 7 === 0 ? [STRANGER] : [])]
  if (kind >= 8) {
    const tag = c % 4 === 0 ? { tag: { name: a % 3 === 0 ? 'beta' : 'latest', ...(a % 6 > 0 && { version: pick(VERSIONS, a) }) } } : {}
    const said = { version: d % 4 === 0 ? '*' as const : pick(VERSIONS, d), state: pick(STATES, a), ...(b % 2 === 0 && { why: `because ${c % 3}` }), ...tag }
    return made({ type: 'status', ...common, body: { ...named, ...said } }, signers)
  }
  return made({
    type: 'release', ...common,
    body: {
      ...named, version: pick(VERSIONS, a), kind: 'tgz', artifact: pick(ARTIFACTS, c % 3 === 0 ? d : 0),
      metadata: { digest: digestOf(Uint8Array.of(c % 2)), sizeBytes: 1 },
      summary: { title: '', description: '', tags: [], category: '', license: '', author: '' }, scripts: false, bins: 0, dependencies: 0, provenance: [],
    },
  }, signers)
}

/** Two copies that together have all signatures and alone may have too few; the owner of a feed signs every copy of his. */
const halves = <T extends ChainOp | FeedOp>(op: T): readonly T[] => {
  const numbers = [...op.signers].map((key) => KEYS.indexOf(key))
  const owner = 'feed' in op ? [KEYS.indexOf(op.feed)] : []
  const others = numbers.filter((n) => !owner.includes(n))
  const cut = Math.ceil(others.length / 2)
  const copies = [others.slice(0, cut), others.slice(cut)].map((some) => [...owner, ...some]).filter((some) => some.length > 0)
  return copies.length < 2 ? [op] : copies.map((some) => made<T>(op, some))
}

/** Of ten steps so many are roles ops. */
const historyWith = (rolesOfTen: number): fc.Arbitrary<History> =>
  fc.record({ begin: fc.nat(19), steps: fc.array(step, { maxLength: 25 }), halved: fc.nat(7) }).map(({ begin, steps, halved }): History => {
    const genesis = GENESES[begin < 9 ? 0 : begin % GENESES.length] ?? GENESES[0]
    const [chain, feeds]: [ChainOp[], FeedOp[]] = [[genesis], []]
    for (const one of steps) {
      if (one.kind < rolesOfTen) chain.push(rolesStep(genesis, { chain, feeds }, one))
      else feeds.push(feedStep(genesis, { chain, feeds }, one))
    }
    const inHalves = <T extends ChainOp | FeedOp>(ops: readonly T[]): T[] => ops.flatMap((op, index) => (index % 8 === halved ? halves(op) : [op]))
    return { genesis, chain: inHalves(chain), feeds: inHalves(feeds) }
  })

/** Random lives of an identity and its packages: rotation, revocation, recovery, forks, thresholds, expiry, disputes, ops of others. */
export const history: fc.Arbitrary<History> = fc.oneof(historyWith(1), historyWith(2), historyWith(6))
