import { createHash } from 'node:crypto'
import { encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import { opIdOf } from '#trust'
import { multikey, testKey } from './test-keys.ts'

/** A map of the wire form, on which the writers of this folder build every kind of damage. */
export type Wire = Record<string, unknown>

/** The moment at which the vectors begin, Unix seconds. */
export const NOW = 1_763_683_200

export const hash = (algorithm: 'sha256' | 'sha512', text: string): Uint8Array => Uint8Array.from(createHash(algorithm).update(text).digest())

/** A CIDv1 of some text under any codec. */
export const linkTo = (codec: number, text: string): CID => CID.createV1(codec, createMultihash(0x12, hash('sha256', text)))

export const DAG_CBOR = 0x71
export const RAW = 0x55

/** Body of the genesis that is common to the vectors: 2 of 2 root keys, a recovery key, one release key for `io.ggen.*`. */
export const genesisBody = (changes: Wire = {}): Wire => ({
  root: { keys: [multikey(testKey(0)), multikey(testKey(1))], need: 2 },
  recovery: { keys: [multikey(testKey(2))], need: 1 },
  release: [{ key: multikey(testKey(3)), names: ['io.ggen.*'] }],
  need: 1,
  nonce: new Uint8Array(16).fill(1),
  ...changes,
})

export const genesisWire = (changes: Wire = {}): Wire => ({ v: 1, t: 'genesis', at: NOW, seq: 0, prev: null, b: genesisBody(), ...changes })

/** The identity of all single-op vectors. */
export const IDENTITY = CID.parse(opIdOf(encode(genesisWire())))

/** Of a genesis that differs in that its release key may speak of others. */
export const OPEN_IDENTITY = CID.parse(opIdOf(encode(genesisWire({ b: genesisBody({ release: [{ key: multikey(testKey(3)), names: ['*'] }] }) }))))

export const rolesBody = (changes: Wire = {}): Wire => {
  const { nonce: _, ...roles } = genesisBody()
  return { ...roles, revoked: [], ...changes }
}

export const rolesWire = (changes: Wire = {}): Wire => ({ v: 1, t: 'roles', id: IDENTITY, at: NOW + 100, seq: 1, prev: IDENTITY, b: rolesBody(), ...changes })

export const summaryWire = (changes: Wire = {}): Wire => ({
  title: 'CLI for Rust',
  description: 'Makes command line programs in Rust from a template',
  tags: ['rust', 'cli', 'template'],
  category: 'templates',
  license: 'MIT OR Apache-2.0',
  author: 'Ada Lovelace',
  ...changes,
})

export const releaseBody = (changes: Wire = {}): Wire => ({
  roles: IDENTITY,
  name: 'io.ggen.rust.cli',
  version: '1.0.0',
  kind: 'tgz',
  artifact: { size: 1, sha256: hash('sha256', 'a'), sha512: hash('sha512', 'a') },
  meta: { cid: linkTo(RAW, '{}'), size: 2 },
  sum: summaryWire(),
  scripts: false,
  bins: 1,
  deps: 0,
  ...changes,
})

export const releaseWire = (changes: Wire = {}): Wire => ({
  v: 1, t: 'release', id: IDENTITY, feed: multikey(testKey(3)), at: NOW + 1, seq: 0, prev: null, b: releaseBody(), ...changes,
})

export const statusBody = (changes: Wire = {}): Wire => ({ roles: IDENTITY, name: 'io.ggen.rust.cli', version: '1.0.0', state: 'yanked', ...changes })

export const statusWire = (changes: Wire = {}): Wire => ({
  v: 1, t: 'status', id: IDENTITY, feed: multikey(testKey(3)), at: NOW + 2, seq: 1, prev: linkTo(DAG_CBOR, 'the op before'), b: statusBody(), ...changes,
})

/** Somebody else than the publisher of the vectors. */
export const TARGET = linkTo(DAG_CBOR, 'the genesis of somebody else')

export const endorseBody = (changes: Wire = {}): Wire => ({ roles: OPEN_IDENTITY, target: TARGET, names: [], level: 'block', ...changes })

export const endorseWire = (changes: Wire = {}): Wire => ({
  v: 1, t: 'endorse', id: OPEN_IDENTITY, key: multikey(testKey(3)), at: NOW + 3, seq: 0, prev: null, b: endorseBody(), ...changes,
})

export const advisoryBody = (changes: Wire = {}): Wire => ({
  roles: OPEN_IDENTITY, target: TARGET, name: 'io.ggen.rust.cli', range: '>=1.0.0 <1.2.3', severity: 'high', ...changes,
})

export const advisoryWire = (changes: Wire = {}): Wire => ({
  v: 1, t: 'advisory', id: OPEN_IDENTITY, key: multikey(testKey(3)), at: NOW + 4, seq: 0, prev: null, b: advisoryBody(), ...changes,
})

/** A map without one of its keys. */
export const without = (wire: Wire, key: string): Wire => Object.fromEntries(Object.entries(wire).filter(([name]) => name !== key))
