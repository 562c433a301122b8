import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type IdentityId, LIMITS, type Op } from '#core'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { type Braked, PublishBrake } from './publish-brake.ts'

const HOUR = 3_600_000
const alice = new Publisher('alice')
const release = alice.release('tool', '1.0.0')
const genesis = openOp(alice.genesis)

/** How many of an op that comes over and over are let through at a time. */
const letThrough = (brake: PublishBrake, braked: Braked, now: number): number => {
  let count = 0
  while (!brake.defers(braked, now)) {
    brake.count(braked, now)
    count += 1
  }
  return count
}

const old = { op: release, knownSince: -LIMITS.brakeNewcomerMs }
const named = (label: string): Op => ({ ...genesis, identity: label as IdentityId })

test('a key has a burst, then so many an hour', () => {
  const brake = new PublishBrake()
  assert.equal(letThrough(brake, old, 0), LIMITS.brakeKeyBurst)
  assert.equal(letThrough(brake, old, HOUR / LIMITS.brakeKeyPerHour - 1), 0)
  assert.equal(letThrough(brake, old, HOUR), LIMITS.brakeKeyPerHour)
  assert.equal(letThrough(brake, old, 100 * HOUR), LIMITS.brakeKeyBurst, 'what was not used is not saved up')
})

test('an identity with many keys has no more than an identity may', () => {
  const brake = new PublishBrake()
  const keys = Array.from({ length: 5 }, (_, index) => ({ ...old, op: { ...release, feed: `ed01${index}` } as Op }))
  assert.equal(keys.reduce((sum, braked) => sum + letThrough(brake, braked, 0), 0), LIMITS.brakeIdentityPerHour)
  assert.equal(letThrough(brake, { ...old, op: genesis }, 0), 0, 'its chain ops count as well')
})

test('what a key says of others counts for that key', () => {
  const brake = new PublishBrake()
  const said = { ...old, op: alice.endorse(alice.identity) }
  assert.equal(letThrough(brake, said, 0), LIMITS.brakeKeyBurst)
  assert.equal(letThrough(brake, old, 0), 0)
})

test('an identity that is new here has little on its first day, and then what all have', () => {
  const brake = new PublishBrake()
  assert.equal(letThrough(brake, { op: release, knownSince: undefined }, 0), LIMITS.brakeNewcomerBurst)
  const known = { op: release, knownSince: 0 }
  assert.equal(letThrough(brake, known, 6 * HOUR), LIMITS.brakeNewcomerPerDay / 4)
  assert.equal(letThrough(brake, known, LIMITS.brakeNewcomerMs), LIMITS.brakeKeyBurst)
})

test('a clock that is set back gives nothing', () => {
  const brake = new PublishBrake()
  letThrough(brake, old, 10 * HOUR)
  assert.equal(letThrough(brake, old, 0), 0)
})

test('what is remembered is bounded, and those that were used last are remembered', () => {
  const brake = new PublishBrake()
  const mine = { op: genesis, knownSince: undefined }
  for (let index = 0; index < LIMITS.brakedPublishers; index += 1) {
    if (index % 1000 === 0) brake.count(mine, 0)
    brake.count({ op: named(`stranger ${index}`), knownSince: undefined }, 0)
  }
  assert.equal(brake.size, LIMITS.brakedPublishers)
  assert.equal(brake.defers(mine, 0), true)
})

test('whatever comes in whatever order, nobody gets more than the rates allow, and asking changes nothing', () => {
  const step = fc.record({ who: fc.nat(2), key: fc.nat(2), waitMs: fc.oneof(fc.constant(0), fc.nat(5 * HOUR)), isForged: fc.boolean() })
  fc.assert(fc.property(fc.array(step, { maxLength: 400 }), fc.boolean(), (steps, isNew) => {
    const brake = new PublishBrake()
    const undisturbed = new PublishBrake()
    const counts = new Map<string, number>()
    let now = 0
    for (const { who, key, waitMs, isForged } of steps) {
      now += waitMs
      const op = { ...release, identity: `id ${who}`, feed: `key ${who} ${key}` } as Op
      const braked = { op, knownSince: isNew ? undefined : -LIMITS.brakeNewcomerMs }
      const isDeferred = brake.defers(braked, now)
      if (isForged) continue
      assert.equal(undisturbed.defers(braked, now), isDeferred, 'forged ops make no difference')
      if (isDeferred) continue
      for (const each of [brake, undisturbed]) each.count(braked, now)
      for (const name of [op.identity, `key ${who} ${key}`]) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const most = (burst: number, perHour: number): number => burst + (perHour * now) / HOUR + 1e-6
    for (const [name, count] of counts) {
      const bound = name.startsWith('key') ? most(LIMITS.brakeKeyBurst, LIMITS.brakeKeyPerHour) : most(LIMITS.brakeIdentityPerHour, LIMITS.brakeIdentityPerHour)
      assert(count <= bound, `${name}: ${count}`)
      if (isNew) assert(count <= most(LIMITS.brakeNewcomerBurst, LIMITS.brakeNewcomerPerDay / 24), `${name}: ${count}`)
    }
  }), { numRuns: 200 })
})
