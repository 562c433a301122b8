import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isGgenError } from '#core'
import { chainOf } from './chain-key.ts'
import { sampleEndorse, sampleId, sampleIdentity, sampleKey, sampleRelease } from './sample-ops.conformance.ts'
import type { Intent, TrustStore } from './trust-store.ts'

const ALICE = sampleIdentity('alice')
const ENVELOPE = Uint8Array.from(Buffer.from('an envelope'))

const intentOf = (label: string, change: Partial<Intent> = {}): Intent => {
  const id = sampleId(label)
  const payload = Uint8Array.from(Buffer.from(label))
  return { id, identity: ALICE, opinion: id, feed: sampleKey('alice'), seq: 0, payload, state: 'prepared', createdAt: 1, ...change }
}

/** What every trust store does with what its owner says of others. */
export const ownOpinionsConformance = (open: (context: TestContext) => TrustStore): void => {
  test('own opinions are kept beside each other, although each is the first of its kind', (context) => {
    using store = open(context)
    const ops = [sampleRelease(), sampleEndorse('bob', { at: 1 }), sampleEndorse('bob', { at: 2 }), sampleEndorse('carol')]
    for (const op of ops) store.putOwnOp(op)
    const cosigned = sampleEndorse('carol', { signatures: 2 })
    store.putOwnOp(cosigned)
    assert.deepEqual(store.ownOps(), [...ops.slice(0, 3), cosigned].map(({ bytes }) => bytes))
    assert.deepEqual(store.ownHead(chainOf(cosigned)), { seq: 0, head: cosigned.id })
    assert.deepEqual([store.ownHead({ identity: ALICE }), store.ownHead(chainOf(sampleEndorse('dave')))], [undefined, undefined])
    assert(store.isDear(ALICE))
  })

  test('an opinion that nobody signed gives way to the next one of its key, and nothing else does', (context) => {
    using store = open(context)
    const { opinion: _none, ...head } = intentOf('release')
    const prepared: Intent = { ...head, name: sampleRelease().body.name }
    const [first, second, foreign] = [intentOf('first'), intentOf('second'), intentOf('foreign', { feed: sampleKey('bob') })]
    for (const intent of [prepared, first, foreign, second]) store.putIntent(intent)
    assert.deepEqual(store.intents(), [prepared, foreign, second])
    store.putIntent({ ...prepared, id: sampleId('another release') })
    assert.deepEqual(store.intents().map(({ id }) => id), [foreign.id, second.id, sampleId('another release')])
  })

  test('an opinion that was signed stays, and is not prepared again', (context) => {
    using store = open(context)
    const [first, second] = [intentOf('first'), intentOf('second')]
    store.putIntent(first)
    store.updateIntent(first.id, { state: 'signed', envelope: ENVELOPE })
    store.putIntent(second)
    assert.deepEqual(store.intents(), [{ ...first, state: 'signed', envelope: ENVELOPE }, second])
    assert.throws(() => store.putIntent(first), (error) => isGgenError(error, 'publish-expired'))
  })
}
