import assert from 'node:assert/strict'
import test from 'node:test'
import { decode, encode } from '@ipld/dag-cbor'
import { digestOf, isGgenError, LIMITS, type OpId, opIdOfHash, type PackageName, type ReleaseBody, sha512FromBytes, type Version } from '#core'
import { encodePayload } from './encode-payload.ts'
import { signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import type { OpDraft, ReleaseDraft, RolesDraft } from './op-draft.ts'
import { openOp } from './open-op.ts'
import { checkExtensions } from './read-extensions.ts'
import { readPayload } from './read-payload.ts'
import { readReleaseBody } from './read-release.ts'
import { readDomains, readRevoked, readRoles, ROLES_KEYS } from './read-roles.ts'
import { readStatusBody } from './read-status.ts'

const key = keyPairFromSeed(new Uint8Array(32).fill(1))
const other = keyPairFromSeed(new Uint8Array(32).fill(2))
const [identity, before] = [opIdOfHash(new Uint8Array(32)) as ReleaseDraft['identity'], opIdOfHash(new Uint8Array(32).fill(1))]

const body: ReleaseBody = {
  roles: identity,
  name: 'io.ggen.tool' as PackageName,
  version: '1.0.0+build' as Version,
  kind: 'tgz',
  artifact: { digest: digestOf(new Uint8Array(0)), sha512: sha512FromBytes(new Uint8Array(64)), sizeBytes: 7, chunks: before },
  metadata: { digest: digestOf(new Uint8Array(1)), sizeBytes: 1 },
  summary: { title: 'Tool', description: 'Does it', tags: ['a', 'b'], category: 'tools', license: 'MIT', author: 'Ada' },
  scripts: true,
  bins: 2,
  dependencies: 3,
  provenance: [before, identity],
}

const release: ReleaseDraft = { type: 'release', identity, at: 5, seq: 1, prev: before, feed: key.publicKey, body }

const roles = {
  root: { keys: [key.publicKey, other.publicKey], need: 2 },
  recovery: { keys: [], need: 0 },
  release: [{ key: key.publicKey, names: ['*'], expires: 9, auto: false, label: 'laptop' }],
  need: 1,
  human: 0,
}

const drafts: readonly OpDraft[] = [
  { type: 'genesis', at: 0, seq: 0, body: { ...roles, nonce: new Uint8Array(16).fill(4) } },
  {
    type: 'roles', identity, at: 1, seq: 1, prev: identity,
    body: { ...roles, revoked: [{ key: other.publicKey, feeds: [{ name: body.name, head: before }] }], domains: ['ggen.io'] },
  },
  { type: 'roles', identity, at: 1, seq: 2, prev: before, body: { ...roles, revoked: [], domains: [] } },
  release,
  { ...release, body: { ...body, provenance: [] } },
  { type: 'status', identity, at: 6, seq: 2, prev: before, feed: key.publicKey, body: { roles: identity, name: body.name, version: '*', state: 'live' } },
  {
    type: 'status', identity, at: 6, seq: 2, prev: before, feed: key.publicKey,
    body: { roles: identity, name: body.name, version: body.version, state: 'yanked', why: 'broken', tag: { name: 'latest', version: body.version } },
  },
]

const reasonOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    assert(isGgenError(error, 'op-invalid'), String(error))
    return error.details['reason']
  }
}

test('what is written is read again', () => {
  for (const draft of drafts) {
    const payload = encodePayload(draft)
    assert.deepEqual(readPayload(payload), draft)
    const { id, signers, bytes, ...op } = openOp(signPayload(payload, [key]))
    assert.deepEqual({ id, signers: [...signers], size: bytes.length > payload.length }, { id: openOp(bytes).id, signers: [key.publicKey], size: true })
    assert.deepEqual(op, draft.type === 'genesis' ? { ...draft, identity: id } : draft)
  }
})

test('an op may be encoded again as a draft', () => {
  const op = openOp(signPayload(encodePayload(release), [key]))
  assert.deepEqual(encodePayload(op), encodePayload(release))
})

test('a draft that no reader would accept is refused before anybody signs it', () => {
  const changed = (changes: Partial<ReleaseBody>): ReleaseDraft => ({ ...release, body: { ...body, ...changes } })
  const { prev: _, ...first } = release
  const wrong: readonly (readonly [OpDraft, string])[] = [
    [changed({ name: 'Tool' as PackageName }), 'name'],
    [changed({ version: '1' as Version }), 'semver'],
    [changed({ roles: 'bafy' as OpId }), 'schema'],
    [changed({ summary: { ...body.summary, title: 'two\nlines' } }), 'schema'],
    [changed({ bins: -1 }), 'schema'],
    [changed({ bins: 0.5 }), 'cbor'],
    [changed({ provenance: [before, before, before, before, before] }), 'schema'],
    [first as ReleaseDraft, 'schema'],
    [{ ...release, seq: 0 }, 'schema'],
    [{ ...release, at: -1 }, 'schema'],
    [{ ...release, feed: 'ed01' as ReleaseDraft['feed'] }, 'key'],
  ]
  for (const [draft, reason] of wrong) assert.equal(reasonOf(() => encodePayload(draft)), reason, JSON.stringify(draft).slice(0, 300))
})

test('a roles op ends the chain at its largest place, written and read', () => {
  const at = (seq: number): RolesDraft => ({ type: 'roles', identity, at: 1, seq, prev: before, body: { ...roles, revoked: [], domains: [] } })
  const last = encodePayload(at(LIMITS.rolesOps))
  assert.equal(readPayload(last).seq, LIMITS.rolesOps)
  assert.equal(reasonOf(() => encodePayload(at(LIMITS.rolesOps + 1))), 'schema')
  const beyond = encode({ ...decode<object>(last), seq: LIMITS.rolesOps + 1 })
  assert.equal(reasonOf(() => readPayload(beyond)), 'schema')
  assert.equal(readPayload(encodePayload({ ...release, seq: LIMITS.rolesOps + 1 })).seq, LIMITS.rolesOps + 1, 'a feed may be longer')
})

test('a draft that leaves no room for a signature is refused', () => {
  const feeds = Array.from({ length: 64 }, (_, n) => ({ name: `${'long-'.repeat(12)}${n}` as PackageName, head: before }))
  const revoked = Array.from({ length: 4 }, (_, n) => ({ key: keyPairFromSeed(new Uint8Array(32).fill(n)).publicKey, feeds }))
  const draft: OpDraft = { type: 'roles', identity, at: 1, seq: 1, prev: identity, body: { ...roles, revoked, domains: [] } }
  assert.equal(reasonOf(() => encodePayload(draft)), 'size')
})

test('the readers of bodies refuse what is no map', () => {
  for (const value of [null, [], 1, 'a', new Uint8Array(1)]) {
    for (const read of [readReleaseBody, readStatusBody, readRevoked, checkExtensions]) {
      const isList = Array.isArray(value) && read === readRevoked
      assert.equal(reasonOf(() => read(value)), isList ? undefined : 'schema')
    }
  }
  assert.deepEqual(readDomains({}), [])
  assert.equal(reasonOf(() => readRoles(Object.fromEntries(ROLES_KEYS.map((name) => [name, null])))), 'schema')
})

test('extensions are bounded, and critical ones are refused', () => {
  checkExtensions({})
  checkExtensions({ crit: [], next: { deep: [1, { er: null }] } })
  const padding = LIMITS.opExtensionBytes - encode({ pad: new Uint8Array(256) }).length + 256
  checkExtensions({ pad: new Uint8Array(padding) })
  const keys = [{ 'ä': 1 }, { a: { '': 1 } }, { a: [{ 'b c': 1 }] }, { A: 1 }, { 1: 1 }]
  for (const wrong of [...keys, { pad: new Uint8Array(padding + 1) }, { crit: ['a'] }, { crit: [1] }, { crit: null }]) {
    assert.equal(reasonOf(() => checkExtensions(wrong)), 'schema', JSON.stringify(wrong).slice(0, 80))
  }
})
