import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { type IdentityId, LIMITS, type Op, opIdOfHash, parsePackageName, parseVersion } from '#core'
import { createViews } from '#flow/verify'
import { memoryCatalogue, memoryTrustStore } from '#store'
import { openOp } from '#trust'
import { Publisher, TestClock } from '#testing'
import { FollowedWords, type FollowedWordsParts, isSevere } from './followed-words.ts'

const NAME = parsePackageName('tool')
const [ada, list, other] = ['ada', 'list', 'other'].map((seed) => new Publisher(seed)) as [Publisher, Publisher, Publisher]
const { identity } = ada
const strangerAt = (label: number): IdentityId => opIdOfHash(createHash('sha256').update(`${label}`).digest()) as IdentityId

/** A node that knows of these publishers, and what they say. */
const scene = (...ops: readonly Op[]) => {
  const [trust, catalogue, clock] = [memoryTrustStore(), memoryCatalogue(), new TestClock()]
  const reads = { count: 0 }
  const counting: FollowedWordsParts['catalogue'] = {
    opined: (...asked) => catalogue.opined(...asked),
    opinions: (...asked) => {
      reads.count += 1
      return catalogue.opinions(...asked)
    },
  }
  const words = new FollowedWords({ trust, catalogue: counting, views: createViews(catalogue), clock })
  const hear = (op: Op): void => {
    catalogue.putOp(op)
    words.hear(op)
  }
  for (const op of [...[ada, list, other].map(({ genesis }) => openOp(genesis)), ...ops]) hear(op)
  const follow = (...publishers: readonly Publisher[]): void => {
    for (const [since, publisher] of publishers.entries()) trust.memory.follow({ identity: publisher.identity, since })
    words.forget()
  }
  return { trust, catalogue, clock, words, hear, follow, reads }
}

describe('what followed publishers say', () => {
  test('counts, and what others say does not', () => {
    const { words, follow, trust } = scene(list.endorse(identity, { why: 'malware' }), other.endorse(identity, { level: 'vouch', names: [NAME] }))
    assert.deepEqual(words.wordsOn(identity, NAME), { endorsedBy: [] })
    follow(list, other)
    assert.deepEqual(words.wordsOn(identity, NAME), { endorsedBy: [other.identity], block: { by: list.identity, why: 'malware' } })
    assert.deepEqual(words.wordsOn(identity, parsePackageName('lib')).endorsedBy, [])
    assert.deepEqual(words.wordsOn(list.identity, NAME), { endorsedBy: [] })
    trust.memory.unfollow(list.identity)
    words.forget()
    assert.deepEqual(words.wordsOn(identity, NAME), { endorsedBy: [other.identity] })
  })

  test('is read once, and again when something new is said or an end comes', () => {
    const { words, follow, hear, reads, clock } = scene()
    const ends = Math.floor(clock.now() / 1000) + 1000
    follow(list, other)
    const block = () => words.wordsOn(identity, NAME).block?.by
    assert.deepEqual([block(), reads.count], [undefined, 0], 'nobody says anything')
    const { revision } = words
    hear(ada.endorse(list.identity))
    assert.equal(words.revision, revision, 'and whom nobody follows changes nothing')
    hear(list.endorse(identity, { expires: ends }))
    for (let round = 0; round < 3; round += 1) assert.equal(block(), list.identity)
    assert.equal(reads.count, 1)
    hear(other.endorse(list.identity))
    block()
    assert.equal(reads.count, 1, 'what is said of somebody else changes nothing here')
    clock.advance((ends + 1) * 1000 - clock.now())
    assert.equal(block(), undefined)
    hear(list.endorse(identity))
    assert.equal(block(), list.identity)
    hear(list.endorse(identity, { level: 'none' }))
    assert.equal(block(), undefined)
  })

  test('is void when their keys are revoked', () => {
    const { words, follow, hear } = scene(list.endorse(identity))
    follow(list)
    assert.equal(words.wordsOn(identity, NAME).block?.by, list.identity)
    hear(list.revokeAll())
    assert.equal(words.wordsOn(identity, NAME).block, undefined)
  })

  test('against versions is found by version, the worst first', () => {
    const advice = [
      list.advise(identity, NAME, { range: '<1.2.3', severity: 'low' }),
      list.advise(identity, NAME, { range: '1.0.0', severity: 'critical', why: 'takes keys', ref: 'https://example.com', fix: parseVersion('1.2.3') }),
      other.advise(identity, NAME, { range: '2.0.0-rc.1 || >=3', severity: 'moderate' }),
    ]
    const { words, follow } = scene(...advice, list.advise(identity, 'lib'))
    follow(list, other)
    const on = (version: string): readonly string[] => words.adviceOn(identity, NAME, parseVersion(version)).map(({ severity }) => severity)
    const versions = ['1.0.0', '1.1.0', '1.2.3', '2.0.0-rc.1', '3.0.0', '0.1.0-alpha']
    assert.deepEqual(versions.map(on), [['critical', 'low'], ['low'], [], ['moderate'], ['moderate'], ['low']])
    assert.deepEqual(words.adviceOn(identity, NAME, parseVersion('1.0.0'))[0], {
      by: list.identity, range: '1.0.0', severity: 'critical', why: 'takes keys', ref: 'https://example.com', fix: '1.2.3', at: advice[1]?.at,
    })
    assert.deepEqual(words.wordsOn(identity, NAME).advice?.map(({ severity }) => severity), ['critical', 'moderate', 'low'])
    const all = ['low', 'moderate', 'high', 'critical'] as const
    assert.deepEqual(all.map((severity) => isSevere({ by: identity, range: '*', severity, at: 1 })), [false, false, true, true])
  })

  test('of a range that nobody can read is about every version', () => {
    const { words, follow } = scene(list.advise(identity, NAME, { range: 'sometimes' }))
    follow(list)
    assert.equal(words.adviceOn(identity, NAME, parseVersion('1.0.0')).length, 1)
  })

  test('is found also when so much is said that nobody remembers who speaks of whom, and only so much of it stays', () => {
    const { words, follow, catalogue, hear, reads } = scene(list.endorse(identity))
    const many = LIMITS.opinedTargets + 1
    catalogue.opined = (by) => (by === list.identity ? Array.from({ length: many }, (_, label) => strangerAt(label)) : [])
    follow(list)
    assert.equal(words.wordsOn(identity, NAME).block?.by, list.identity)
    hear(list.endorse(identity, { level: 'none' }))
    assert.equal(words.wordsOn(identity, NAME).block, undefined)
    for (let label = 0; label < LIMITS.knownOpinions; label += 1) words.wordsOn(strangerAt(label), NAME)
    const before = reads.count
    words.wordsOn(strangerAt(LIMITS.knownOpinions - 1), NAME)
    assert.equal(reads.count - before, 0)
    words.wordsOn(identity, NAME)
    assert.equal(reads.count - before, 1, 'the one that was asked for longest ago had to go')
  })
})

describe('what the user blocks', () => {
  test('counts before everything else, without following anybody', () => {
    const { words, trust, follow } = scene(list.endorse(identity, { why: 'malware' }))
    follow(list)
    trust.memory.block({ identity, name: NAME, why: 'mine', since: 1 })
    trust.memory.block({ identity: other.identity, since: 2 })
    words.forget()
    assert.deepEqual(words.wordsOn(identity, NAME).block, { by: 'you', why: 'mine' })
    assert.equal(words.wordsOn(identity, parsePackageName('lib')).block?.by, list.identity)
    assert.deepEqual(words.wordsOn(other.identity, NAME).block, { by: 'you' })
    trust.memory.unblock(identity, NAME)
    words.forget()
    assert.equal(words.wordsOn(identity, NAME).block?.by, list.identity)
  })
})
