import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Op } from '#core'
import { memoryHub, type Network } from '#network'
import { type Catalogue, memoryCatalogue } from '#store'
import { openOp } from '#trust'
import { decodeFeedQuestion, encodeFeedOps, encodeFeedPage, encodeFeedSummary } from '#wire'
import { Publisher, TestClock } from '#testing'
import { answerFeed } from './answer-feed.ts'
import { Intake, type Judged, pullMissing, pullPackage, type PullParts } from './pull-ops.ts'

const never = new AbortController().signal
const clock = new TestClock()

/** Takes everything whose parent is there. */
const admitTo = (catalogue: Catalogue) => (envelope: Uint8Array): Judged => {
  const op = openOp(envelope)
  if (catalogue.opBytes(op.id) !== undefined) return { outcome: 'known', op }
  const parents = [op.prev, op.type === 'release' ? op.body.roles : undefined].filter((id) => id !== undefined)
  if (parents.some((id) => catalogue.opBytes(id) === undefined)) return { outcome: 'orphan', op }
  catalogue.putOp(op)
  return { outcome: 'added', op }
}

const pair = (): { mine: Catalogue; theirs: Catalogue; parts: PullParts; server: Network } => {
  const hub = memoryHub({ clock })
  const [client, server] = [hub.join(), hub.join()]
  hub.link(client.self, server.self)
  const [mine, theirs] = [memoryCatalogue(), memoryCatalogue()]
  return { mine, theirs, server, parts: { network: client, catalogue: mine, admit: admitTo(mine), onAdded: () => {}, clock } }
}

const fill = (catalogue: Catalogue, envelopes: readonly Uint8Array[]): void => {
  for (const envelope of envelopes) catalogue.putOp(openOp(envelope))
}

const alice = new Publisher('alice')
const releases = Array.from({ length: 150 }, (_, index) => alice.release('tool', `1.${index}.0`, { at: 1_763_683_300 }))

describe('pulling from a peer', () => {
  test('brings exactly what is missing, in batches', async () => {
    const { mine, theirs, parts, server } = pair()
    fill(theirs, [alice.genesis, ...releases.map(({ bytes }) => bytes)])
    fill(mine, [alice.genesis, ...releases.slice(0, 10).map(({ bytes }) => bytes)])
    using _answering = answerFeed(server, theirs)
    assert.equal(await pullMissing(parts, server.self, never), 140)
    assert.deepEqual(mine.summary(), theirs.summary())
    assert.equal(await pullMissing(parts, server.self, never), 0)
  })

  test('of one package brings it with what it stands on', async () => {
    const { mine, theirs, parts, server } = pair()
    const other = new Publisher('alice').release('other', '1.0.0')
    fill(theirs, [alice.genesis, other.bytes, ...releases.map(({ bytes }) => bytes)])
    using _answering = answerFeed(server, theirs)
    assert.equal(await pullPackage(parts, server.self, { identity: alice.identity, name: other.body.name, signal: never }), 2)
    assert.equal(mine.summary().ops, 2)
  })

  test('that sends an op no honest node sends, or pages that do not move forward, ends with a typed error', async () => {
    for (const [answerPage, code] of [
      [[{ at: 5, id: releases[0]?.id }, { at: 4, id: releases[1]?.id }], 'frame-invalid'],
      [[{ at: 4, id: releases[0]?.id }, { at: 4, id: releases[0]?.id }], 'frame-invalid'],
      [[{ at: 4, id: releases[0]?.id }], 'op-invalid'],
    ] as const) {
      const { parts, server } = pair()
      using _answering = server.answer('/ggen/feed/1', async (question) => {
        const { ask } = decodeFeedQuestion(question)
        if (ask === 'summary') return encodeFeedSummary({ ops: 9, fingerprint: '11'.repeat(32) })
        return ask === 'page' ? encodeFeedPage(answerPage as never) : encodeFeedOps({ ops: [alice.genesis], more: false })
      })
      const refusing = { ...parts, admit: (): Judged => ({ outcome: 'refused', reason: 'signature' }) }
      await assert.rejects(pullMissing(refusing, server.self, never), { code })
    }
  })
})

test('releases and status ops that are new are reported', () => {
  const carol = new Publisher('carol')
  const ops = [carol.release('tool', '1.0.0'), carol.status('tool', '*', { state: 'deprecated' })]
  const catalogue = memoryCatalogue()
  const seen: Op[] = []
  const intake = new Intake({ admit: admitTo(catalogue), onAdded: (op) => seen.push(op) })
  for (let round = 0; round < 2; round++) intake.take([carol.genesis, ...ops.map(({ bytes }) => bytes)])
  assert.deepEqual(seen.map(({ id }) => id), ops.map(({ id }) => id))
})

test('ops are taken in whatever order they come', () => {
  const envelopes = [alice.genesis, ...releases.slice(0, 20).map(({ bytes }) => bytes)]
  fc.assert(
    fc.property(fc.shuffledSubarray(envelopes, { minLength: envelopes.length }), fc.integer({ min: 1, max: 21 }), (order, size) => {
      const catalogue = memoryCatalogue()
      const seen: Op[] = []
      const intake = new Intake({ admit: admitTo(catalogue), onAdded: (op) => seen.push(op) })
      for (let at = 0; at < order.length; at += size) intake.take(order.slice(at, at + size))
      assert.equal(intake.added, envelopes.length)
      assert.deepEqual(seen.map(({ seq }) => seq), Array.from({ length: 20 }, (_, seq) => seq))
    }),
    { numRuns: 30 },
  )
})
