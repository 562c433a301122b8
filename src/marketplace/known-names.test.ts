import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, LIMITS, parsePackageName } from '#core'
import type { NamePage } from '#store'
import { KnownNames, type KnownNamesParts } from './known-names.ts'
import { lookAlikeScene, someone } from './look-alike-scene.conformance.ts'

const ada = someone('ada')

/** A node that counts how often its names are read. */
const counting = () => {
  const scene = lookAlikeScene()
  const reads = { pages: 0, pins: 0 }
  const { trust, catalogue } = scene
  const parts: KnownNamesParts = {
    ...scene,
    trust: {
      pins: () => {
        reads.pins += 1
        return trust.pins()
      },
      boundClaims: (limit) => trust.boundClaims(limit),
      memory: trust.memory,
    },
    catalogue: {
      opined: (by, limit) => catalogue.opined(by, limit),
      namesOf: (identity) => catalogue.namesOf(identity),
      entriesUnder: (prefix, limit) => catalogue.entriesUnder(prefix, limit),
      oldestNames: (after, limit): NamePage => {
        reads.pages += 1
        return catalogue.oldestNames(after, limit)
      },
    },
  }
  return { ...scene, reads, parts }
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${prefix}-${index.toString(36)}`)

test('names are made ready once, and again when what they come from has changed', async () => {
  const { parts, reads, pin, hear, clock } = counting()
  hear(ada, 'lodash')
  using known = new KnownNames(parts)
  const sizes = async (): Promise<readonly number[]> => (await Promise.all([known.bound(), known.vouched(), known.heard()])).map(({ size }) => size)
  assert.deepEqual([await sizes(), reads.pins], [[0, 0, 1], 1])
  const { pages } = reads
  hear(ada, 'request')
  pin(ada, 'express', 'react')
  assert.deepEqual([await sizes(), reads.pins, reads.pages], [[2, 0, 1], 2, pages], 'the catalogue is not read again so soon')
  clock.advance(LIMITS.lookAlikesMs)
  assert.deepEqual([await sizes(), reads.pins], [[2, 0, 2], 2])
})

test('all names of a large catalogue are read, page by page, and others have their turns meanwhile', async () => {
  const { parts, hear } = counting()
  hear(ada, ...names('heard', 5000))
  let [time, turns] = [0, 0]
  const clock: Clock = {
    ...parts.clock,
    now: () => 0,
    monotonic: () => (time += 1),
    wait: async (_ms, signal) => {
      signal.throwIfAborted()
      turns += 1
    },
  }
  const known = new KnownNames({ ...parts, clock })
  assert.equal((await known.heard()).size, 5000)
  assert.ok(turns > 100, `${turns}`)
  const stopped = new KnownNames({ ...parts, clock })
  const heard = stopped.heard()
  stopped[Symbol.dispose]()
  await assert.rejects(heard, { code: 'cancelled' })
})

test('those that are followed and say something of very many hold nobody up, and only so many are looked at', async () => {
  const { parts, trust } = counting()
  for (const [since, label] of ['ada', 'bob'].entries()) trust.memory.follow({ identity: someone(label), since })
  let [time, turns, looks] = [0, 0, 0]
  const known = new KnownNames({
    ...parts,
    clock: { ...parts.clock, monotonic: () => (time += 1), wait: async () => void (turns += 1) },
    catalogue: { ...parts.catalogue, opined: (_by, limit) => Array.from({ length: limit }, () => ada), namesOf: () => [parsePackageName('bad')] },
    words: { revision: 0, wordsOn: () => (looks += 1, { endorsedBy: [] }) },
  })
  assert.equal((await known.vouched()).size, 0)
  assert.equal(looks, LIMITS.vouchedPublishers)
  assert.ok(turns > 100, `${turns}`)
})

test('all lists together are bounded: what is bound takes the room first', async () => {
  const { parts, pin } = counting()
  pin(ada, ...names('bound', 1500))
  let count = 0
  const oldestNames = (after: number, limit: number): NamePage => {
    count += limit
    return { names: names(`n${after}`, limit).map(parsePackageName), last: after + limit }
  }
  using known = new KnownNames({ ...parts, catalogue: { ...parts.catalogue, oldestNames } })
  assert.equal((await known.heard()).size, LIMITS.lookAlikeNames - 1500)
  assert.ok(count <= LIMITS.lookAlikeNames)
})
