import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { readPlanQuestion } from './plan-question.ts'

const ID = `bafyrei${'a'.repeat(52)}`
const LOCK = { name: '@c/d', version: '1.0.0', identity: ID, digest: `sha256:${'0'.repeat(64)}` }

test('A question for a plan is read into core values', () => {
  const decided = { update: ['@c/d'], offline: true, acceptDowngrade: true, acceptAdvisory: false }
  const asked = { wanted: [{ spec: `@${ID}/a@^1`, trust: ID, optional: true }, { spec: 'b' }], locked: [LOCK], ...decided }
  assert.deepEqual(readPlanQuestion(asked), {
    wanted: [{ spec: { name: 'a', identity: ID, range: '^1' }, trust: ID, optional: true }, { spec: { name: 'b' } }], locked: [LOCK], ...decided,
  })
  assert.deepEqual(readPlanQuestion({ wanted: [], locked: [], update: 'all' }), { wanted: [], locked: [], update: 'all' })
})

test('What is wrong with it is named', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [undefined, 'the body'], [{ wanted: [] }, 'locked'], [{ wanted: [{}], locked: [] }, 'wanted.0.spec'], [{ wanted: [], locked: [], more: 1 }, 'the body'],
    [{ wanted: [], locked: [{ ...LOCK, version: 'v1' }] }, 'locked.0.version'], [{ wanted: [], locked: [{ ...LOCK, digest: 'x' }] }, 'locked.0.digest'],
    [{ wanted: [], locked: [{ ...LOCK, name: '../a' }] }, 'locked.0.name'], [{ wanted: [], locked: [], update: 'some' }, 'update'],
    [{ wanted: Array.from({ length: LIMITS.planWishes + 1 }, () => ({ spec: 'a' })), locked: [] }, 'wanted'],
    [{ wanted: [{ spec: 'a', trust: 'me' }], locked: [] }, 'wanted.0.trust'],
  ]
  for (const [body, place] of wrong) {
    assert.throws(() => readPlanQuestion(body), (error) => isGgenError(error, 'usage') && error.message.startsWith(place), place)
  }
  assert.throws(() => readPlanQuestion({ wanted: [{ spec: 'A' }], locked: [] }), (error) => isGgenError(error, 'name-invalid'))
})
