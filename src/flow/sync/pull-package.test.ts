import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, LIMITS, type Op } from '#core'
import { Publisher, until } from '#testing'
import { decodeFeedQuestion, encodeFeedBatch, type FeedQuestion } from '#wire'
import { answerFeed } from './answer-feed.ts'
import { Intake } from './intake.ts'
import { pullOps } from './pull-ops.ts'
import { pullPackage } from './pull-package.ts'
import { fill, never, syncScene } from './sync-scene.conformance.ts'

const alice = new Publisher('alice')
const releases = Array.from({ length: 150 }, (_, index) => alice.release('tool', `1.${index}.0`, { at: 1_763_683_300 }))

test('a package is brought with what it stands on, and nothing else', async () => {
  const { mine, theirs, parts, server } = syncScene()
  const other = new Publisher('alice').release('other', '1.0.0')
  fill(theirs, [alice.genesis, other.bytes, ...releases.map(({ bytes }) => bytes)])
  using _answering = answerFeed(server, theirs)
  assert.equal(await pullPackage(parts, server.self, { identity: alice.identity, name: other.body.name, signal: never }), 2)
  assert.equal(mine.counts().ops, 2)
  const { name } = releases[0]!.body
  assert.equal(await pullPackage(parts, server.self, { identity: alice.identity, name, signal: never }), 150)
})

test('ops that are new are reported, once', async () => {
  const { theirs, parts, server, added } = syncScene()
  const carol = new Publisher('carol')
  const ops = [carol.release('tool', '1.0.0'), carol.status('tool', '*', { state: 'deprecated' })]
  fill(theirs, [carol.genesis, ...ops.map(({ bytes }) => bytes)])
  using _answering = answerFeed(server, theirs)
  const { name } = ops[0]!.body
  for (let round = 0; round < 2; round += 1) await pullPackage(parts, server.self, { identity: carol.identity, name, signal: never })
  assert.deepEqual(added.map(({ id }) => id), [carol.identity, ...ops.map(({ id }) => id)])
})

test('ops are brought by their ids in as many answers as they need; those that the peer lacks are left out', async () => {
  const { mine, theirs, parts, server } = syncScene()
  const long = 'x'.repeat(500)
  const large = Array.from({ length: LIMITS.feedIds + 400 }, (_, index) => alice.release(`large-${index}`, '1.0.0', { summary: { description: long } }))
  fill(theirs, [alice.genesis, ...large.map(({ bytes }) => bytes)])
  using _answering = answerFeed(server, theirs)
  const intake = new Intake(parts)
  const unknown = releases.slice(0, 10)
  const ids = [alice.identity, ...[...unknown, ...large].map(({ id }: Op) => id)]
  await pullOps(parts, server.self, { ids, intake, signal: never })
  assert.deepEqual([intake.added, mine.counts()], [large.length + 1, theirs.counts()])
})

test('the next ops are asked for while the last are judged', async () => {
  const { theirs, parts, server, mine } = syncScene()
  fill(theirs, [alice.genesis, ...releases.map(({ bytes }) => bytes)])
  let asked = 0
  using _answering = server.answer('/ggen/feed/1', async (question) => {
    asked += 1
    const { ids } = decodeFeedQuestion(question) as FeedQuestion & { ask: 'ops' }
    return encodeFeedBatch({ ops: ids.slice(0, 50).map((id) => theirs.opBytes(id)!), seen: Math.min(50, ids.length) })
  })
  const askedWhenJudged: number[] = []
  const intake = new Intake({
    ...parts,
    judge: async function* (envelopes, judging) {
      await judging.after
      await until('the next were asked for', () => asked > askedWhenJudged.length + 1 || askedWhenJudged.length === 3)
      askedWhenJudged.push(asked)
      yield* parts.judge(envelopes, judging)
    },
  })
  await pullOps(parts, server.self, { ids: [alice.identity, ...releases.map(({ id }) => id)], intake, signal: never })
  assert.deepEqual([askedWhenJudged, mine.counts().ops], [[2, 3, 4, 4], 151])
})

test('what came before a peer failed is kept', async () => {
  const { theirs, parts, server, mine } = syncScene()
  fill(theirs, [alice.genesis, ...releases.map(({ bytes }) => bytes)])
  let asked = 0
  using _answering = server.answer('/ggen/feed/1', async (question) => {
    asked += 1
    if (asked === 3) throw new GgenError('too-busy', 'ask later')
    const { ids } = decodeFeedQuestion(question) as FeedQuestion & { ask: 'ops' }
    return encodeFeedBatch({ ops: ids.slice(0, 50).map((id) => theirs.opBytes(id)!), seen: Math.min(50, ids.length) })
  })
  const ids = [alice.identity, ...releases.map(({ id }) => id)]
  await assert.rejects(pullOps(parts, server.self, { ids, intake: new Intake(parts), signal: never }), { code: 'too-busy' })
  assert.equal(mine.counts().ops, 100)
})

test('a peer that answers with what nobody asked for, or for ever with nothing, is refused', async () => {
  const { bytes } = releases[0]!
  const answers = [{ ops: [alice.genesis], seen: 1 }, { ops: [], seen: 0 }, { ops: [], seen: 2 }, { ops: [bytes, bytes], seen: 1 }]
  for (const answer of answers) {
    const { parts, server, mine } = syncScene()
    using _answering = server.answer('/ggen/feed/1', async (question) => {
      assert.equal(decodeFeedQuestion(question).ask, 'ops')
      return encodeFeedBatch(answer)
    })
    await assert.rejects(pullOps(parts, server.self, { ids: [releases[0]!.id], intake: new Intake(parts), signal: never }), { code: 'frame-invalid' })
    assert.equal(mine.counts().ops, 0)
  }
})
