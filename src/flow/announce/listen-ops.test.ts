import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, GgenError, type GgenEvent, LIMITS, type Op } from '#core'
import { memoryHub } from '#network'
import { openOp } from '#trust'
import { Publisher, TestClock, until } from '#testing'
import { announceOps } from './announce-ops.ts'
import { type Judged, listenForOps } from './listen-ops.ts'
import type { Publishers } from './publish-brake.ts'

const alice = new Publisher('alice')
const genesis = openOp(alice.genesis)
const release = alice.release('tool', '1.0.0')
const yank = alice.status('tool', '1.0.0', { state: 'yanked' })

interface Heard {
  /** Ops that reached the third node of the line, which they only do when the second lets them travel on. */
  readonly relayed: readonly Uint8Array[]
  readonly added: readonly Op[]
  readonly events: readonly GgenEvent[]
}

/** A line of three: the first announces, the second judges, the third writes down what it hears. */
type Line = Heard & { readonly announce: (op: Op) => Promise<void> }

const line = async (
  admit: (envelope: Uint8Array) => Judged, pullParents = async (): Promise<void> => {}, publishers: Publishers = { knownSince: () => 0, isDear: () => false },
): Promise<Line> => {
  const hub = memoryHub({ clock: new TestClock() })
  const [first, second, third] = [hub.join(), hub.join(), hub.join()]
  hub.link(first.self, second.self)
  hub.link(second.self, third.self)
  const heard = { relayed: [] as Uint8Array[], added: [] as Op[], events: [] as GgenEvent[] }
  const events = new Events()
  events.subscribe((event) => heard.events.push(event))
  let judged = 0
  const counting = (envelope: Uint8Array): Judged => {
    judged++
    return admit(envelope)
  }
  events.subscribe((event) => {
    if (event.type === 'op-refused' && event.reason === 'brake') judged++
  })
  listenForOps({ network: second, admit: counting, pullParents, onAdded: (op) => heard.added.push(op), events, clock: new TestClock(), publishers })
  third.listen(async (message) => {
    heard.relayed.push(message)
    return 'accept'
  })
  return {
    ...heard,
    announce: async (op) => {
      const before = judged
      assert.equal(await announceOps(first, [op]), 1)
      await until('the second node has judged', () => judged > before)
    },
  }
}

test('a good op is taken in and travels on, and is reported once it is new', async () => {
  const heard = await line((envelope) => ({ outcome: 'added', op: openOp(envelope) }))
  const ops = [genesis, release, yank, alice.endorse(new Publisher('bob').identity)]
  for (const op of ops) await heard.announce(op)
  await until('all travelled on', () => heard.relayed.length === ops.length)
  assert.deepEqual(heard.added.map(({ id }) => id), ops.map(({ id }) => id))
})

test('a known op travels on and is not reported again', async () => {
  const heard = await line((envelope) => ({ outcome: 'known', op: openOp(envelope) }))
  await heard.announce(release)
  await until('it travelled on', () => heard.relayed.length === 1)
  assert.deepEqual(heard.added, [])
})

test('what an op stands on is asked of its sender before the op is judged again', async () => {
  let parentsHere = false
  const heard = await line(
    (envelope) => ({ outcome: parentsHere ? 'added' : 'orphan', op: openOp(envelope) }),
    async () => {
      parentsHere = true
    },
  )
  await heard.announce(release)
  await until('it travelled on', () => heard.relayed.length === 1)
  assert.deepEqual(heard.added.map(({ id }) => id), [release.id])
})

test('what is refused, early or still without parents does not travel', async () => {
  const outcomes: readonly Judged[] = [{ outcome: 'refused', reason: 'signature' }, { outcome: 'early', op: release }, { outcome: 'orphan', op: release }]
  for (const outcome of outcomes) {
    const heard = await line(() => outcome, async () => {
      throw new GgenError('peer-unreachable', 'gone')
    })
    await heard.announce(release)
    if (outcome.outcome !== 'early') await until('it is reported', () => heard.events.some(({ type }) => type === 'op-refused'))
    assert.deepEqual(heard.relayed, [])
    assert.deepEqual(heard.added, [])
  }
})

const newcomers: Publishers = { knownSince: () => undefined, isDear: () => false }
const busy = new Publisher('busy')
const many = Array.from({ length: 8 }, (_, patch) => busy.release('tool', `1.0.${patch}`))

test('what a publisher tells beyond its allowance is neither judged nor sent on, and said to be so', async () => {
  const judged: string[] = []
  const heard = await line((envelope) => {
    const op = openOp(envelope)
    judged.push(op.id)
    return { outcome: 'added', op }
  }, undefined, newcomers)
  for (const op of many) await heard.announce(op)
  await until('the first travelled on', () => heard.relayed.length === LIMITS.brakeNewcomerBurst)
  assert.deepEqual(judged, many.slice(0, LIMITS.brakeNewcomerBurst).map(({ id }) => id))
  assert.equal(heard.events.filter((event) => event.type === 'op-refused' && event.reason === 'brake').length, many.length - LIMITS.brakeNewcomerBurst)
})

test('what is not taken in uses up nothing of the one whose name it bears', async () => {
  for (const judged of [{ outcome: 'refused', reason: 'signature' }, { outcome: 'known', op: release }, { outcome: 'early', op: release }] as const) {
    let calls = 0
    const heard = await line(() => {
      calls += 1
      return judged
    }, undefined, newcomers)
    for (const op of many) await heard.announce(op)
    assert.equal(calls, many.length)
  }
})

test('chain ops of publishers that matter here are not braked, others are', async () => {
  for (const isDear of [true, false]) {
    const heard = await line((envelope) => ({ outcome: 'added', op: openOp(envelope) }), undefined, { knownSince: () => undefined, isDear: () => isDear })
    for (const op of many.slice(0, LIMITS.brakeNewcomerBurst)) await heard.announce(op)
    await heard.announce(openOp(busy.genesis))
    await until('the first travelled on', () => heard.relayed.length >= LIMITS.brakeNewcomerBurst)
    if (isDear) await until('the genesis as well', () => heard.relayed.length === LIMITS.brakeNewcomerBurst + 1)
    assert.equal(heard.events.length, isDear ? 0 : 1)
  }
})
