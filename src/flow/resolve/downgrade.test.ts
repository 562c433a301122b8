import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReleaseKey, Roles } from '#core'
import type { SeenRelease } from '#store'
import { Publisher } from '#testing'
import { type Downgrade, downgraded, downgrades, toSeen } from './downgrade.ts'

const ada = new Publisher('ada')
const [one, two] = [ada.release('tool', '1.0.0'), ada.release('tool', '1.1.0')]
const key = (change: Partial<ReleaseKey> = {}): ReleaseKey => ({ key: ada.feed, names: ['*'], ...change })
const roles = (change: Partial<Roles> = {}): Roles =>
  ({ root: { keys: [ada.feed], need: 1 }, recovery: { keys: [], need: 0 }, release: [key()], need: 1, ...change })
const before: SeenRelease = { ...toSeen(one, roles()), signatures: 2, people: 1, provenance: 1, need: 2, human: 1 }
const good: SeenRelease = { ...before, op: two.id, version: two.body.version, seq: two.seq }

test('What is as strong as before is taken', () => {
  assert.deepEqual(downgrades(before, good), [])
  assert.deepEqual(downgrades(before, { ...good, signatures: 3, provenance: 2 }), [])
})

test('Each of six kinds of weakness is found, alone and together', () => {
  const weaker: Readonly<Record<Downgrade, Partial<SeenRelease>>> = {
    scripts: { scripts: true }, signatures: { signatures: 1 }, people: { people: 0 }, key: { feed: new Publisher('bob').feed },
    threshold: { need: 1 }, provenance: { provenance: 0 },
  }
  for (const [kind, change] of Object.entries(weaker)) assert.deepEqual(downgrades(before, { ...good, ...change }), [kind])
  assert.deepEqual(downgrades(before, { ...good, human: 0 }), ['threshold'])
  assert.deepEqual(downgrades(before, Object.assign({}, good, ...Object.values(weaker))), Object.keys(weaker))
})

test('An older release of the same feed is no downgrade: the chain proves that it was there first', () => {
  const later = { ...good, op: one.id, seq: 5 }
  assert.deepEqual(downgrades(later, { ...good, scripts: true }), [])
  assert.deepEqual(downgrades(later, { ...good, scripts: true, feed: new Publisher('bob').feed }), ['scripts', 'key'])
})

test('Signatures are counted by the roles, and machines are no people', () => {
  assert.deepEqual([toSeen(one, roles()).signatures, toSeen(one, roles()).people], [1, 1])
  assert.equal(toSeen(one, roles({ release: [key({ auto: true })] })).people, 0)
  assert.equal(toSeen(one, roles({ release: [] })).signatures, 0, 'a stranger may sign anything')
})

test('The refusal says what is weaker, in plain words', () => {
  const error = downgraded(two, before, ['scripts', 'key'])
  assert.equal(error.code, 'downgrade')
  assert.match(error.message, /^tool@1\.1\.0 is weaker than 1\.0\.0, which was installed before: it asks for install scripts/)
  assert.match(error.message, /; it was signed by a key/)
})
