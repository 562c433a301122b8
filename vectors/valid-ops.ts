import { encode } from '@ipld/dag-cbor'
import { signingBytes, signPayload } from '#trust'
import { multikey, testKey } from './test-keys.ts'
import {
  advisoryBody, advisoryWire, DAG_CBOR, endorseBody, endorseWire, genesisBody, genesisWire, hash, linkTo, NOW, RAW, releaseBody, releaseWire, rolesBody, rolesWire, statusBody, statusWire, type Wire,
} from './wire.ts'

/** One envelope that every node must accept. */
export interface ValidOp {
  readonly slug: string
  readonly description: string
  readonly envelope: Uint8Array
}

const signed = (wire: Wire, ...keys: readonly number[]): Uint8Array => signPayload(encode(wire), keys.map(testKey))

/** Signatures in the order of signing, not of the keys: writers sort, readers do not care. */
const signedInOrder = (wire: Wire, ...keys: readonly number[]): Uint8Array => {
  const payload = encode(wire)
  return encode([1, payload, keys.map(testKey).map((key) => [multikey(key), key.sign(signingBytes(payload))])])
}

/** A roles op whose envelope, signed by two keys, has exactly this size: the extension fills what the revocations leave. */
export const rolesOfSize = (envelopeBytes: number): Uint8Array => {
  const names = Array.from({ length: 64 }, (_, index) => `io.ggen.${'package-'.repeat(6)}${String(index).padStart(2, '0')}`)
  const feeds = names.map((name) => ({ name, head: linkTo(DAG_CBOR, name) }))
  const revoked = [5, 6].map((n) => ({ key: multikey(testKey(n)), feeds: n === 5 ? feeds : feeds.slice(0, 62) }))
  const sized = (padding: number): Uint8Array => signedInOrder(rolesWire({ b: rolesBody({ revoked }), x: { pad: new Uint8Array(padding) } }), 0, 1)
  return sized(1500 + envelopeBytes - sized(1500).length)
}

const chain = (): ValidOp[] => [
  { slug: 'genesis', description: 'a genesis whose signatures are not in the order of their keys', envelope: signedInOrder(genesisWire(), 0, 1) },
  {
    slug: 'genesis-smallest',
    description: 'a genesis with one root key, no recovery key and no release key',
    envelope: signed(genesisWire({ b: genesisBody({ root: { keys: [multikey(testKey(0))], need: 1 }, recovery: { keys: [], need: 0 }, release: [] }) }), 0),
  },
  {
    slug: 'genesis-everything',
    description: 'a genesis with every optional field and every form of name pattern',
    envelope: signed(genesisWire({
      b: genesisBody({
        release: [
          { key: multikey(testKey(3)), names: ['*'], label: 'laptop', auto: false },
          {
            key: multikey(testKey(4)),
            names: ['tool', 'io.ggen.*', 'io.ggen.rust.cli', '@scope/*', '@scope/name', 'space/*', 'space/name', '@scope/io.*'],
            exp: NOW + 7_776_000,
            auto: true,
            label: 'CI',
          },
        ],
        need: 2,
        human: 1,
      }),
    }), 0, 1),
  },
  {
    slug: 'roles-revoke',
    description: 'a roles op that replaces the release key and confirms one feed of the old one',
    envelope: signed(rolesWire({
      b: rolesBody({
        release: [{ key: multikey(testKey(4)), names: ['*'] }],
        revoked: [{ key: multikey(testKey(3)), feeds: [{ name: 'io.ggen.rust.cli', head: linkTo(DAG_CBOR, 'the last good op') }] }],
      }),
    }), 0, 1),
  },
  {
    slug: 'roles-domains',
    description: 'a roles op that names domains',
    envelope: signed(rolesWire({ b: rolesBody({ domains: ['ggen.io', 'xn--bcher-kva.example'] }) }), 0, 1),
  },
  {
    slug: 'roles-recovery',
    description: 'a roles op signed by a new root and the recovery key',
    envelope: signed(rolesWire({ b: rolesBody({ root: { keys: [multikey(testKey(7))], need: 1 } }) }), 2, 7),
  },
  { slug: 'largest', description: 'an envelope of exactly 16,384 bytes', envelope: rolesOfSize(16_384) },
]

const releases = (): ValidOp[] => [
  { slug: 'release', description: 'the first release of a feed', envelope: signed(releaseWire(), 3) },
  {
    slug: 'release-everything',
    description: 'a later release with every optional field, build metadata and an extension',
    envelope: signed(releaseWire({
      seq: 4_294_967_295,
      prev: linkTo(DAG_CBOR, 'the op before'),
      b: releaseBody({
        version: '1.1.0-rc.1+build.5',
        artifact: { size: 2 ** 32, sha256: hash('sha256', 'b'), sha512: hash('sha512', 'b'), chunks: linkTo(DAG_CBOR, 'chunks') },
        meta: { cid: linkTo(RAW, 'metadata'), size: 65_536 },
        scripts: true,
        prov: [1, 2, 3, 4].map((n) => linkTo(DAG_CBOR, `provenance ${n}`)),
      }),
      x: { crit: [], note: { list: [1, -1, true, null, 'text', new Uint8Array(2), linkTo(RAW, 'anything')] } },
    }), 3),
  },
  {
    slug: 'release-empty-texts',
    description: 'a release that says nothing about itself',
    envelope: signed(releaseWire({
      at: 0,
      b: releaseBody({
        artifact: { size: 0, sha256: hash('sha256', ''), sha512: hash('sha512', '') },
        sum: { title: '', description: '', tags: [], category: '', license: '', author: '' },
      }),
    }), 3),
  },
  {
    slug: 'release-longest-texts',
    description: 'texts at their limits, counted in code points, beyond the basic plane',
    envelope: signed(releaseWire({
      at: 2 ** 40,
      b: releaseBody({
        name: `${'a'.repeat(63)}.${'b'.repeat(62)}.c`,
        version: `1.0.0-${'a'.repeat(94)}`,
        sum: {
          title: '🦀'.repeat(120),
          description: 'é'.repeat(512),
          tags: Array.from({ length: 16 }, () => '包'.repeat(32)),
          category: 'c'.repeat(32),
          license: 'l'.repeat(64),
          author: '🦀'.repeat(120),
        },
      }),
    }), 3),
  },
  { slug: 'release-cosigned', description: 'sixteen signatures', envelope: signed(releaseWire(), 3, ...Array.from({ length: 15 }, (_, index) => index + 10)) },
  { slug: 'release-scoped', description: 'a name with a scope', envelope: signed(releaseWire({ b: releaseBody({ name: '@scope/name' }) }), 3) },
]

const status = (changes: Wire): Uint8Array => signed(statusWire({ b: statusBody(changes) }), 3)

const statuses = (): ValidOp[] => [
  { slug: 'status-yanked', description: 'a status of one version', envelope: status({}) },
  {
    slug: 'status-withdrawn-all',
    description: 'a status of all versions, with a reason',
    envelope: status({ version: '*', state: 'withdrawn', why: 'malware' }),
  },
  { slug: 'status-latest', description: 'a status that marks the newest version', envelope: status({ state: 'live', tag: { latest: '2.0.0' } }) },
  { slug: 'status-tag-gone', description: 'a status that takes a tag away', envelope: status({ state: 'live', tag: { 'next-2': null } }) },
  { slug: 'status-deprecated', description: 'a reason at its limit', envelope: status({ state: 'deprecated', why: 'w'.repeat(280) }) },
]

const opinions = (): ValidOp[] => [
  { slug: 'endorse', description: 'a warning of everything of a publisher', envelope: signed(endorseWire(), 3) },
  {
    slug: 'endorse-everything',
    description: 'a word for a publisher under as many names as there may be, with a reason and an end',
    envelope: signed(endorseWire({
      b: endorseBody({ names: Array.from({ length: 32 }, (_, n) => `io.ggen.tool-${n}`), level: 'vouch', why: 'w'.repeat(280), exp: NOW + 7_776_000 }),
    }), 3),
  },
  { slug: 'endorse-none', description: 'an endorsement that takes another one back, with two signatures', envelope: signed(endorseWire({ b: endorseBody({ level: 'none' }) }), 3, 4) },
  { slug: 'advisory', description: 'an advisory', envelope: signed(advisoryWire(), 3) },
  {
    slug: 'advisory-everything',
    description: 'an advisory with every optional field at its limit',
    envelope: signed(advisoryWire({
      b: advisoryBody({ range: '1'.repeat(256), severity: 'critical', why: '🦀'.repeat(280), ref: 'r'.repeat(512), fix: '1.2.3-rc.1+build' }),
    }), 3),
  },
  { slug: 'advisory-none', description: 'an advisory that takes another one back', envelope: signed(advisoryWire({ b: advisoryBody({ severity: 'none' }) }), 3) },
]

/** Envelopes that every node must accept. */
export const validOps = (): readonly ValidOp[] => [...chain(), ...releases(), ...statuses(), ...opinions()]
