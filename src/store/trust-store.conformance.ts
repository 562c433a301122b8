import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { digestOf, isGgenError, LIMITS, parsePackageName, parseVersion, type RegistryId } from '#core'
import { sampleGenesis, sampleId, sampleIdentity, sampleKey, sampleRelease, sampleRoles } from './sample-ops.conformance.ts'
import type { Intent, KeptPackage, TrustStore } from './trust-store.ts'

const ALICE = sampleIdentity('alice')
const NAME = parsePackageName('web-tools')
const KEY = sampleKey('alice')
const FEED = { identity: ALICE, name: NAME, feed: KEY }

const intent = (change: Partial<Intent> & { readonly label?: string } = {}): Intent => {
  const { label = 'first', ...fields } = change
  return {
    id: sampleId(`intent ${label}`), identity: ALICE, feed: KEY, name: NAME, version: parseVersion('1.0.0'), seq: 0,
    payload: Uint8Array.from(Buffer.from(`payload ${label}`)), state: 'prepared', createdAt: 1_700_000_000_123, ...fields,
  }
}

const [ENVELOPE, REGISTRY] = [Uint8Array.from(Buffer.from('an envelope')), 'https://registry.example/' as RegistryId]
const isExpired = (error: unknown): boolean => isGgenError(error, 'publish-expired')

/** What every trust store must do. `open` gives an empty one and clears up after the test. */
export const trustStoreConformance = (name: string, open: (context: TestContext) => TrustStore): void => {
  suite(`${name} is a trust store`, () => {
    ownOpsConformance(open)
    intentConformance(open)
    keepConformance(open)

    test('a pin is kept until another one takes its place', (context) => {
      using store = open(context)
      assert.equal(store.pin(NAME), undefined)
      store.putPin({ name: NAME, identity: ALICE, since: 1, how: 'first-use' })
      store.putPin({ name: parsePackageName('other'), identity: ALICE, since: 2, how: 'first-use' })
      assert.deepEqual(store.pin(NAME), { name: NAME, identity: ALICE, since: 1, how: 'first-use' })
      store.putPin({ name: NAME, identity: sampleIdentity('bob'), since: 3, how: 'first-use' })
      assert.deepEqual(store.pin(NAME), { name: NAME, identity: sampleIdentity('bob'), since: 3, how: 'first-use' })
    })

    test('a transaction that throws changes nothing', (context) => {
      using store = open(context)
      store.putIntent(intent())
      store.putPin({ name: NAME, identity: ALICE, since: 1, how: 'first-use' })
      assert.throws(() => store.transact(() => {
        store.putOwnOp(sampleRelease())
        store.updateIntent(intent().id, { state: 'signed', envelope: ENVELOPE })
        store.removeIntent(intent().id)
        store.putIntent(intent({ label: 'second', seq: 1 }))
        store.putPin({ name: NAME, identity: sampleIdentity('bob'), since: 2, how: 'first-use' })
        throw new RangeError('no')
      }), RangeError)
      assert.deepEqual(store.ownOps(), [])
      assert.deepEqual(store.intents(), [intent()])
      assert.equal(store.pin(NAME)?.identity, ALICE)
    })

    test('a transaction inside another one is taken back with it, or alone', (context) => {
      using store = open(context)
      const pin = (since: number): void => store.putPin({ name: NAME, identity: ALICE, since, how: 'first-use' })
      const result = store.transact(() => {
        pin(1)
        assert.throws(() => store.transact(() => {
          pin(2)
          throw new RangeError('inner')
        }), RangeError)
        assert.equal(store.pin(NAME)?.since, 1)
        store.transact(() => store.putOwnOp(sampleRelease()))
        return 'done'
      })
      assert.equal(result, 'done')
      assert.deepEqual([store.pin(NAME)?.since, store.ownOps().length], [1, 1])
      assert.throws(() => store.transact(() => {
        store.transact(() => pin(3))
        throw new RangeError('outer')
      }), RangeError)
      assert.equal(store.pin(NAME)?.since, 1)
    })

    test('a transaction is not for promises', (context) => {
      using store = open(context)
      assert.throws(() => store.transact(async () => store.putPin({ name: NAME, identity: ALICE, since: 1, how: 'first-use' })), /synchronous/)
      assert.equal(store.pin(NAME), undefined)
    })

    test('a disposed store says so', (context) => {
      const store = open(context)
      store[Symbol.dispose]()
      const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
      for (const call of [() => store.ownOps(), () => store.putIntent(intent()), () => store.transact(() => 0)]) assert.throws(call, isClosed)
      store[Symbol.dispose]()
    })
  })
}

const ownOpsConformance = (open: (context: TestContext) => TrustStore): void => {
  test('own ops are kept in the order in which they came, each once', (context) => {
    using store = open(context)
    const ops = [sampleGenesis('alice'), sampleRelease({ at: 9 }), sampleRelease({ seq: 1, at: 5 }), sampleRoles('alice')]
    for (const op of ops) store.putOwnOp(op)
    const cosigned = sampleRelease({ at: 9, signatures: 2 })
    store.putOwnOp(cosigned)
    assert.deepEqual(store.ownOps(), ops.map((op) => (op.id === cosigned.id ? cosigned.bytes : op.bytes)))
  })

  test('the head of a feed is its op with the highest seq', (context) => {
    using store = open(context)
    assert.equal(store.ownHead(FEED), undefined)
    const last = sampleRelease({ seq: 7 })
    for (const op of [sampleRelease({ seq: 6 }), last, sampleRelease({ seq: 2 })]) store.putOwnOp(op)
    for (const op of [sampleRelease({ seq: 9, name: 'other' }), sampleRoles('alice', 20)]) store.putOwnOp(op)
    assert.deepEqual(store.ownHead(FEED), { seq: 7, head: last.id })
    assert.equal(store.ownHead({ ...FEED, feed: sampleKey('bob') }), undefined)
    assert.equal(store.ownHead({ ...FEED, identity: sampleIdentity('bob') }), undefined)
  })

  test('a second own op at one place of a feed or chain is refused', (context) => {
    using store = open(context)
    store.putOwnOp(sampleRelease({ seq: 3 }))
    store.putOwnOp(sampleRoles('alice', 1))
    assert.throws(() => store.putOwnOp(sampleRelease({ seq: 3, salt: 'another' })), isExpired)
    assert.throws(() => store.putOwnOp({ ...sampleRoles('alice', 1), id: sampleId('another') }), isExpired)
    assert.deepEqual(store.ownHead(FEED)?.head, sampleRelease({ seq: 3 }).id)
    assert.equal(store.ownOps().length, 2)
  })

  test('stored bytes are nobody else\'s', (context) => {
    using store = open(context)
    const op = sampleRelease()
    const bytes = op.bytes.slice()
    store.putOwnOp({ ...op, bytes })
    bytes.fill(0)
    store.ownOps()[0]?.fill(0)
    const given = intent({ seq: 5, tells: 'p2p', state: 'signed', envelope: ENVELOPE.slice() })
    store.putIntent(given)
    given.payload.fill(0)
    given.envelope?.fill(0)
    store.intent(given.id)?.payload.fill(0)
    assert.deepEqual(store.ownOps(), [op.bytes])
    assert.deepEqual(store.intents(), [intent({ seq: 5, tells: 'p2p', state: 'signed', envelope: ENVELOPE })])
  })
}

const intentConformance = (open: (context: TestContext) => TrustStore): void => {
  test('an intent comes back as it was put, and is moved on', (context) => {
    using store = open(context)
    assert.equal(store.intent(intent().id), undefined)
    store.putIntent(intent({ tells: { url: REGISTRY } }))
    assert.deepEqual(store.intent(intent().id), intent({ tells: { url: REGISTRY } }))
    store.updateIntent(intent().id, { state: 'signed', envelope: ENVELOPE })
    assert.deepEqual(store.intent(intent().id), intent({ tells: { url: REGISTRY }, state: 'signed', envelope: ENVELOPE }))
    store.updateIntent(intent().id, { state: 'signed' })
    assert.deepEqual(store.intent(intent().id)?.envelope, ENVELOPE)
    store.removeIntent(intent().id)
    store.removeIntent(intent().id)
    assert.deepEqual(store.intents(), [])
  })

  test('moving an intent on that is gone says that the publish expired', (context) => {
    using store = open(context)
    assert.throws(() => store.updateIntent(intent().id, { state: 'signed', envelope: ENVELOPE }), isExpired)
  })

  test('an intent cannot be signed without an envelope, nor go back', (context) => {
    using store = open(context)
    store.putIntent(intent())
    assert.throws(() => store.updateIntent(intent().id, { state: 'signed' }), { code: 'ERR_ASSERTION' })
    store.updateIntent(intent().id, { state: 'signed', envelope: ENVELOPE })
    assert.throws(() => store.updateIntent(intent().id, { state: 'prepared' }), { code: 'ERR_ASSERTION' })
    assert.equal(store.intent(intent().id)?.state, 'signed')
  })

  test('a prepared intent gives way to another one of the same feed, and to no other', (context) => {
    using store = open(context)
    const others = [
      intent({ label: 'a', name: parsePackageName('other') }), intent({ label: 'b', feed: sampleKey('bob') }),
      intent({ label: 'c', identity: sampleIdentity('bob') }),
    ]
    store.putIntent(intent())
    for (const other of others) store.putIntent(other)
    store.putIntent(intent({ label: 'again' }))
    assert.deepEqual(store.intents(), [...others, intent({ label: 'again' })])
  })

  test('a signed intent stays, and nothing else may take its place in the feed', (context) => {
    using store = open(context)
    const signed = intent({ tells: 'central', state: 'signed', envelope: ENVELOPE })
    const next = intent({ label: 'next', seq: 1 })
    store.putIntent(signed)
    store.putIntent(next)
    assert.throws(() => store.putIntent(intent({ label: 'rival' })), isExpired)
    assert.deepEqual(store.intents(), [signed, next])
  })

  test('an intent for a place that an own op has is refused', (context) => {
    using store = open(context)
    store.putOwnOp(sampleRelease({ seq: 4 }))
    assert.throws(() => store.putIntent(intent({ seq: 4 })), isExpired)
    store.putIntent(intent({ seq: 5 }))
  })

  test('open intents are limited', (context) => {
    using store = open(context)
    const nth = (index: number): Intent => intent({ label: String(index), name: parsePackageName(`package-${index}`) })
    store.transact(() => {
      for (let index = 0; index < LIMITS.openIntents; index += 1) store.putIntent(nth(index))
    })
    assert.throws(() => store.putIntent(nth(LIMITS.openIntents)), (error) => isGgenError(error, 'too-busy'))
    store.putIntent({ ...nth(0), id: sampleId('replaces the one of the same feed') })
    assert.equal(store.intents().length, LIMITS.openIntents)
  })
}

const digestNamed = (label: string): KeptPackage['digest'] => digestOf(Buffer.from(label))

const kept = (change: Partial<KeptPackage> = {}): KeptPackage => ({
  name: NAME, version: parseVersion('1.0.0'), identity: ALICE, reason: 'pin', digest: digestNamed('archive'),
  blobs: [digestNamed('metadata'), digestNamed('chunk list')], since: 1_700_000_000_123, ...change,
})

const keepConformance = (open: (context: TestContext) => TrustStore): void => {
  test('the blobs of a kept package are kept, until it is let go', (context) => {
    using store = open(context)
    assert.equal(store.isKept(digestNamed('archive')), false)
    store.keep(kept())
    store.keep(kept({ name: parsePackageName('other'), digest: digestNamed('other archive'), blobs: [digestNamed('metadata')] }))
    for (const label of ['archive', 'metadata', 'chunk list', 'other archive']) assert(store.isKept(digestNamed(label)), label)
    assert(store.unkeep(kept(), 'pin'))
    assert.deepEqual(['archive', 'metadata', 'chunk list'].map((label) => store.isKept(digestNamed(label))), [false, true, false])
    for (const wrong of [kept(), kept({ identity: sampleIdentity('bob'), name: parsePackageName('other') })]) assert(!store.unkeep(wrong, 'pin'))
    assert.deepEqual(store.keptPackages().map(({ name }) => name), ['other'])
  })

  test('a package is kept as long as one reason is left', (context) => {
    using store = open(context)
    store.keep(kept())
    store.keep(kept({ reason: 'own', since: 5 }))
    assert.deepEqual(store.keptPackages(), [kept(), kept({ reason: 'own', since: 5 })])
    const one = { name: NAME, version: kept().version, identity: ALICE }
    const releases = (): unknown[] => ['archive', 'metadata'].map((label) => store.keptFor(digestNamed(label)))
    for (const reason of ['pin', 'own'] as const) {
      assert.deepEqual([releases(), store.isKept(digestNamed('archive'))], [[[one], [one]], true])
      assert(store.unkeep(kept(), reason))
    }
    assert.deepEqual([releases(), store.isKept(digestNamed('archive'))], [[[], []], false])
    assert.deepEqual(store.keptPackages(), [])
  })

  test('keeping again replaces what was kept, at its place', (context) => {
    using store = open(context)
    store.keep(kept())
    store.keep(kept({ version: parseVersion('2.0.0') }))
    store.keep(kept({ digest: digestNamed('again'), blobs: [] }))
    assert.deepEqual(store.keptPackages(), [kept({ digest: digestNamed('again'), blobs: [] }), kept({ version: parseVersion('2.0.0') })])
    assert.deepEqual(['again', 'archive'].map((label) => store.isKept(digestNamed(label))), [true, true])
    assert(store.unkeep(kept({ version: parseVersion('2.0.0') }), 'pin'))
    assert.deepEqual(['again', 'archive'].map((label) => store.isKept(digestNamed(label))), [true, false])
  })

  test('what is kept in a transaction that fails is not kept', (context) => {
    using store = open(context)
    store.keep(kept())
    assert.throws(() => store.transact(() => {
      store.unkeep(kept(), 'pin')
      store.keep(kept({ version: parseVersion('2.0.0'), digest: digestNamed('new'), blobs: [] }))
      assert.deepEqual(['archive', 'new'].map((label) => store.isKept(digestNamed(label))), [false, true])
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual(['archive', 'new'].map((label) => store.isKept(digestNamed(label))), [true, false])
    assert.deepEqual(store.keptPackages(), [kept()])
  })

  test('whoever something here is of is dear', (context) => {
    using store = open(context)
    const [bob, carol, dave] = ['bob', 'carol', 'dave'].map(sampleIdentity) as [KeptPackage['identity'], KeptPackage['identity'], KeptPackage['identity']]
    const dear = (): boolean[] => [ALICE, bob, carol, dave].map((identity) => store.isDear(identity))
    assert.deepEqual(dear(), [false, false, false, false])
    store.putOwnOp(sampleGenesis('alice'))
    store.putPin({ name: NAME, identity: bob, since: 1, how: 'first-use' })
    store.keep(kept({ identity: carol }))
    store.putOwnOp(sampleRelease({ publisher: 'dave' }))
    assert.deepEqual(dear(), [true, true, true, true])
    store.unkeep(kept({ identity: carol }), 'pin')
    store.putPin({ name: NAME, identity: ALICE, since: 2, how: 'first-use' })
    assert.deepEqual(dear(), [true, false, false, true])
  })

  test('kept packages are limited', (context) => {
    using store = open(context)
    const nth = (index: number): KeptPackage => kept({ name: parsePackageName(`package-${index}`), blobs: [] })
    store.transact(() => {
      for (let index = 0; index < LIMITS.keptPackages; index += 1) store.keep(nth(index))
    })
    assert.throws(() => store.keep(nth(LIMITS.keptPackages)), (error) => isGgenError(error, 'too-busy'))
    store.keep(nth(0))
    assert.equal(store.keptPackages().length, LIMITS.keptPackages)
    assert.throws(() => store.keep(kept({ blobs: Array.from({ length: LIMITS.keptBlobsPerPackage + 1 }, (_, index) => digestNamed(`${index}`)) })), {
      code: 'ERR_ASSERTION',
    })
  })
}
