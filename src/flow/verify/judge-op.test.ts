import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { GenesisOp, IdentityId, Op, OpId, PublicKey, ReleaseOp, RolesOp } from '#core'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { type Lookup, type Objection, objectionTo } from './judge-op.ts'

const alice = new Publisher('alice')
const genesis = openOp(alice.genesis) as GenesisOp
const stranger = openOp(new Publisher('bob').genesis) as GenesisOp
const [first, second] = [alice.release('tool', '1.0.0'), alice.release('tool', '1.1.0')] as [ReleaseOp, ReleaseOp]
const other = alice.release('other', '1.0.0')
const [rootKey] = genesis.body.root.keys as [PublicKey]
const [recoveryKey] = genesis.body.recovery.keys as [PublicKey]

const knowing = (...ops: readonly Op[]): Lookup => {
  const byId = new Map(ops.map((op) => [op.id, op]))
  return (id) => byId.get(id)
}
const idOf = (index: number): OpId => alice.release('ids', `1.${index}.0`).id
const refused = (reason: string): Objection => ({ outcome: 'refused', reason })

/** A roles op as if these keys had signed it; by itself it changes nothing. */
const rolesAfter = (prev: GenesisOp | RolesOp, change: Partial<RolesOp> = {}): RolesOp => {
  const { root, recovery, release, need } = genesis.body
  return {
    id: idOf(prev.seq), type: 'roles', identity: alice.identity, at: prev.at, seq: prev.seq + 1, prev: prev.id, signers: new Set([rootKey]),
    bytes: new Uint8Array(), body: { root, recovery, release, need, revoked: [], domains: [] }, ...change,
  }
}

suite('a genesis', () => {
  test('that its own root signed may join', () => assert.equal(objectionTo(genesis, knowing()), undefined))

  test('that others signed may not', () => {
    for (const signers of [[], [recoveryKey], [alice.feed]]) {
      assert.deepEqual(objectionTo({ ...genesis, signers: new Set(signers) }, knowing()), refused('root-threshold'))
    }
  })
})

suite('a change of roles', () => {
  const one = rolesAfter(genesis)
  const two = rolesAfter(one)

  test('that root or recovery signed may join after all that it stands on', () => {
    assert.equal(objectionTo(one, knowing(genesis)), undefined)
    assert.equal(objectionTo(two, knowing(genesis, one)), undefined)
    const body = { ...one.body, recovery: { keys: [rootKey], need: 1 } }
    assert.equal(objectionTo({ ...one, body, signers: new Set([rootKey, recoveryKey]) }, knowing(genesis)), undefined)
  })

  test('waits for the op before it, and looks no further, however long the chain is', () => {
    assert.deepEqual(objectionTo(two, knowing(genesis)), { outcome: 'orphan', missing: [one.id] })
    const asked: OpId[] = []
    const known = knowing(genesis, one)
    assert.equal(objectionTo(two, (id) => {
      asked.push(id)
      return known(id)
    }), undefined)
    assert.deepEqual(asked, [one.id])
  })

  test('is refused when its keys may not, or its number is not the next', () => {
    const body = { ...one.body, recovery: { keys: [rootKey], need: 1 } }
    for (const change of [{ signers: new Set([alice.feed]) }, { signers: new Set([recoveryKey]) }, { seq: 2 }, { seq: 0 }, { body }]) {
      assert.deepEqual(objectionTo({ ...one, ...change }, knowing(genesis)), refused('unauthorised'), Object.keys(change)[0])
    }
  })

  test('is refused when it stands on a release, or on the chain of somebody else', () => {
    assert.deepEqual(objectionTo(rolesAfter({ ...genesis, id: first.id as IdentityId }), knowing(genesis, first)), refused('chain'))
    assert.deepEqual(objectionTo(rolesAfter(stranger), knowing(genesis, stranger)), refused('unauthorised'))
  })
})

suite('a release', () => {
  test('may join after the roles that it names and the one before it', () => {
    assert.equal(objectionTo(first, knowing(genesis)), undefined)
    assert.equal(objectionTo(second, knowing(genesis, first)), undefined)
  })

  test('waits for everything that is missing, and says what', () => {
    assert.deepEqual(objectionTo(second, knowing()), { outcome: 'orphan', missing: [alice.identity, first.id] })
    assert.deepEqual(objectionTo(second, knowing(first)), { outcome: 'orphan', missing: [alice.identity] })
    assert.deepEqual(objectionTo(second, knowing(genesis)), { outcome: 'orphan', missing: [first.id] })
  })

  test('is refused when the roles are no roles, or of somebody else', () => {
    const under = (roles: OpId): ReleaseOp => ({ ...first, body: { ...first.body, roles } })
    assert.deepEqual(objectionTo(under(other.id), knowing(other)), refused('chain'))
    assert.deepEqual(objectionTo(under(stranger.id), knowing(stranger)), refused('chain'))
  })

  test('is refused when its key may not use the name, or expired before', () => {
    const roles = (release: GenesisOp['body']['release']): Lookup => knowing({ ...genesis, body: { ...genesis.body, release } }, first)
    assert.deepEqual(objectionTo(first, roles([])), refused('unauthorised'))
    assert.deepEqual(objectionTo(first, roles([{ key: alice.feed, names: ['other'] }])), refused('unauthorised'))
    assert.deepEqual(objectionTo(first, roles([{ key: alice.feed, names: ['*'], expires: first.at - 1 }])), refused('unauthorised'))
    assert.equal(objectionTo(first, roles([{ key: alice.feed, names: ['tool'], expires: first.at }])), undefined)
  })

  test('is refused when it does not go on where the one before it ended', () => {
    const key = rootKey
    const renamed = { ...second.body, name: other.body.name }
    for (const [what, change] of Object.entries({
      number: { seq: 2 }, date: { at: first.at - 1 }, feed: { feed: key }, name: { body: renamed }, start: { prev: genesis.id },
    })) {
      const release = [{ key: alice.feed, names: ['*'] }, { key, names: ['*'] }]
      const known = knowing({ ...genesis, body: { ...genesis.body, release } }, first)
      assert.deepEqual(objectionTo({ ...second, ...change }, known), refused('chain'), what)
    }
    assert.equal(objectionTo({ ...second, at: first.at }, knowing(genesis, first)), undefined, 'within one second')
  })
})

suite('a word about somebody else', () => {
  const opinions = [alice.endorse(stranger.identity), alice.advise(stranger.identity, 'tool')]

  test('may join after its roles, and waits for them', () => {
    for (const opinion of opinions) {
      assert.equal(objectionTo(opinion, knowing(genesis)), undefined)
      assert.deepEqual(objectionTo(opinion, knowing(stranger)), { outcome: 'orphan', missing: [genesis.id] })
    }
  })

  test('is refused where its key may not use every name, or it stands on what is not its own', () => {
    const narrow: GenesisOp = { ...genesis, body: { ...genesis.body, release: [{ key: alice.feed, names: ['tool'] }] } }
    for (const opinion of opinions) {
      assert.deepEqual(objectionTo(opinion, knowing(narrow)), refused('unauthorised'))
      assert.deepEqual(objectionTo({ ...opinion, key: rootKey }, knowing(genesis)), refused('unauthorised'))
      assert.deepEqual(objectionTo({ ...opinion, identity: stranger.identity }, knowing(genesis)), refused('chain'))
      assert.deepEqual(objectionTo({ ...opinion, body: { ...opinion.body, roles: first.id } } as Op, knowing(genesis, first)), refused('chain'))
    }
  })
})
