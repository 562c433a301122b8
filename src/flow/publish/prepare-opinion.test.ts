import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AdvisoryStatement, type EndorseStatement, type OpinionStatement, parsePackageName, type ReleaseKey } from '#core'
import { memoryTrustStore } from '#store'
import { encodePayload, type IdentityView, openOp, viewIdentity } from '#trust'
import { Publisher, TEST_EPOCH } from '#testing'
import { prepareOpinion } from './prepare-opinion.ts'

const ada = new Publisher('ada')
const { identity: target } = new Publisher('bob')
const genesis = openOp(ada.genesis)
assert(genesis.type === 'genesis')
const NOW = (TEST_EPOCH + 100) * 1000

const identity = ((): IdentityView => {
  const view = viewIdentity(ada.identity, [genesis])
  assert(view)
  return view
})()

const block: EndorseStatement = { type: 'endorse', target, names: [], level: 'block', why: 'malware' }
const advice: AdvisoryStatement = { type: 'advisory', target, name: parsePackageName('tool'), range: '<1.2.3', severity: 'high' }

const prepare = (statement: OpinionStatement, { trust = memoryTrustStore(), view = identity, notBefore = 0 } = {}) =>
  ({ trust, prepared: prepareOpinion(trust, { identity: view, key: ada.feed, now: NOW, notBefore }, statement) })

const withKeys = (release: readonly ReleaseKey[]): IdentityView => ({ ...identity, roles: { ...identity.roles, release } })

describe('a word about somebody else', () => {
  test('is journalled with the exact bytes that are signed', () => {
    for (const statement of [block, advice]) {
      const { trust, prepared } = prepare(statement)
      const op = openOp(ada.sign(prepared.payload))
      assert.deepEqual([op.id, op.type, op.identity, op.at, op.seq], [prepared.intent, statement.type, ada.identity, NOW / 1000, 0])
      const { type: _, ...said } = statement
      assert.deepEqual(op.body, { roles: ada.identity, ...said })
      const [intent] = trust.intents()
      assert.deepEqual([intent?.opinion, intent?.name, intent?.feed, intent?.payload], [op.id, undefined, ada.feed, prepared.payload])
      assert.deepEqual(encodePayload(op), prepared.payload)
    }
  })

  test('is dated after what was said before, whatever the clock says', () => {
    assert.equal(openOp(ada.sign(prepare(block, { notBefore: NOW / 1000 + 5 }).prepared.payload)).at, NOW / 1000 + 5)
  })

  test('is not for a key of some names, for one that has expired, or for none', () => {
    for (const release of [[], [{ key: ada.feed, names: ['io.*'] }], [{ key: ada.feed, names: ['*'], expires: NOW / 1000 - 1 }]]) {
      assert.throws(() => prepare(block, { view: withKeys(release) }), { code: 'denied' })
    }
    prepare(block, { view: withKeys([{ key: ada.feed, names: ['*'], expires: NOW / 1000 }]) })
  })

  test('says something that can be understood, and is not over', () => {
    assert.throws(() => prepare({ ...advice, range: 'sometimes' }), { code: 'range-invalid' })
    assert.throws(() => prepare({ ...block, expires: NOW / 1000 }), { code: 'usage' })
    assert.throws(() => prepare({ ...block, why: 'two\nlines' }), { code: 'op-invalid' })
    prepare({ ...block, expires: NOW / 1000 + 1 })
  })

  test('takes the place of one that nobody signed', () => {
    const { trust } = prepare(block)
    prepare(advice, { trust })
    assert.equal(trust.intents().length, 1)
  })
})
