import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import { type InvalidOp, invalid, signedWire } from './invalid-op.ts'
import { multikey, testKey } from './test-keys.ts'
import { DAG_CBOR, genesisWire, hash, IDENTITY, linkTo, RAW, releaseWire, rolesWire, type Wire, without } from './wire.ts'

const release = (changes: Wire): Uint8Array => signedWire(releaseWire(changes), 3)
const nested = (depth: number): Wire => (depth === 0 ? {} : { a: nested(depth - 1) })

const versionsAndTypes = (): InvalidOp[] => [
  invalid('version/version-2', 'another major version', release({ v: 2 })),
  invalid('version/version-0', 'version 0', release({ v: 0 })),
  invalid('schema/version-text', 'a version that is text', release({ v: '1' })),
  ...['domain', 'fork', 'opinion', '', 'Release', '__proto__', 'constructor'].map((t) =>
    invalid(`type/type-${t === '' ? 'empty' : t.replaceAll('_', '')}`, `the type ${JSON.stringify(t)}`, release({ t }))),
  invalid('type/type-number', 'a type that is a number', release({ t: 1 })),
  invalid('type/type-missing', 'no type', signedWire(without(releaseWire(), 't'), 3)),
]

const keySets = (): InvalidOp[] => [
  ...['v', 'at', 'seq', 'prev', 'b', 'id', 'feed'].map((key) => invalid(`schema/missing-${key}`, `no ${key}`, signedWire(without(releaseWire(), key), 3))),
  ...['y', 'crit', '__proto__', 'constructor', 'toString'].map((key) =>
    invalid(`schema/extra-${key.replaceAll('_', '')}`, `an unknown key ${key}`,
      signedWire(Object.fromEntries([...Object.entries(releaseWire()), [key, 1]]), 3))),
  invalid('schema/genesis-id', 'a genesis that names an identity', signedWire(genesisWire({ id: IDENTITY }), 0, 1)),
  invalid('schema/genesis-feed', 'a genesis that names a feed', signedWire(genesisWire({ feed: multikey(testKey(3)) }), 0, 1)),
  invalid('schema/roles-feed', 'a roles op that names a feed', signedWire(rolesWire({ feed: multikey(testKey(3)) }), 0, 1)),
  invalid('schema/release-key', 'a release that names its key as an opinion does', release({ key: multikey(testKey(3)) })),
  invalid('schema/roles-id-missing', 'a roles op of nobody', signedWire(without(rolesWire(), 'id'), 0, 1)),
]

const positions = (): InvalidOp[] => [
  invalid('schema/first-with-prev', 'seq 0 with a prev', release({ prev: linkTo(DAG_CBOR, 'before') })),
  invalid('schema/later-without-prev', 'seq 1 without a prev', release({ seq: 1 })),
  invalid('schema/genesis-seq-1', 'a genesis at seq 1', signedWire(genesisWire({ seq: 1, prev: IDENTITY }), 0, 1)),
  invalid('schema/roles-seq-0', 'a roles op at seq 0', signedWire(rolesWire({ seq: 0, prev: null }), 0, 1)),
  invalid('schema/roles-seq-10001', 'a roles op beyond the longest chain', signedWire(rolesWire({ seq: 10_001 }), 0, 1)),
  invalid('schema/seq-negative', 'a negative seq', release({ seq: -1 })),
  invalid('schema/seq-2-32', 'a seq of 2^32', release({ seq: 2 ** 32, prev: IDENTITY })),
  invalid('schema/seq-text', 'a seq that is text', release({ seq: '0' })),
  invalid('schema/prev-text', 'a prev that is text', release({ seq: 1, prev: IDENTITY.toString() })),
  invalid('schema/prev-false', 'a prev that is false', release({ prev: false })),
  invalid('schema/prev-raw', 'a prev under another codec', release({ seq: 1, prev: linkTo(RAW, 'before') })),
  invalid('schema/at-negative', 'a negative time', release({ at: -1 })),
  invalid('schema/at-too-late', 'a time beyond 2^40', release({ at: 2 ** 40 + 1 })),
  invalid('schema/at-true', 'a time that is true', release({ at: true })),
  invalid('schema/id-text', 'an identity that is text', release({ id: IDENTITY.toString() })),
  invalid('schema/id-raw', 'an identity under another codec', release({ id: linkTo(RAW, 'identity') })),
  invalid('schema/id-cid-v0', 'an identity as a CID of version 0', release({ id: CID.createV0(createMultihash(0x12, hash('sha256', 'identity'))) })),
  invalid('schema/id-null', 'an identity that is null', release({ id: null })),
  invalid('key/feed-33-bytes', 'a feed key that is too short', release({ feed: multikey(testKey(3)).subarray(1) })),
  invalid('key/feed-small-order', 'a feed key of small order', release({ feed: Uint8Array.from([0xed, 1, 1, ...new Uint8Array(31)]) })),
  invalid('key/feed-text', 'a feed key that is text', release({ feed: testKey(3).publicKey })),
]

const extensions = (): InvalidOp[] => [
  invalid('schema/extensions-list', 'extensions that are a list', release({ x: [] })),
  invalid('schema/extensions-null', 'extensions that are null', release({ x: null })),
  invalid('schema/extensions-large', 'extensions of more than 2 KiB', release({ x: { pad: new Uint8Array(2041) } })),
  invalid('schema/crit-unknown', 'an extension that must be understood', release({ x: { crit: ['next-root'], 'next-root': new Uint8Array(32) } })),
  invalid('schema/crit-text', 'crit that is text', release({ x: { crit: 'next-root' } })),
  invalid('schema/crit-map', 'crit that is a map', release({ x: { crit: {} } })),
  invalid('schema/extension-proto', 'an extension named __proto__', release({ x: Object.fromEntries([['__proto__', { polluted: true }]]) })),
  invalid('schema/extension-nested-proto', '__proto__ inside an extension', release({ x: { a: [Object.fromEntries([['__proto__', 1]])] } })),
  invalid('schema/extension-slash', 'an extension named /', release({ x: { '/': 'a' } })),
  invalid('schema/extension-empty-key', 'an extension without a name', release({ x: { '': 1 } })),
  invalid('cbor/extension-depth', 'extensions nested sixteen deep', release({ x: nested(16) })),
]

/** Payloads that are wrong in their head or their extensions. */
export const invalidPayloads = (): readonly InvalidOp[] => [...versionsAndTypes(), ...keySets(), ...positions(), ...extensions()]
