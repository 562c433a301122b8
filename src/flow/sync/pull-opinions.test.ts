import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type Op } from '#core'
import type { Network } from '#network'
import { Publisher } from '#testing'
import { decodeOpinionsQuestion, encodeFeedBatch, encodeOpinionsAnswer } from '#wire'
import { answerFeed } from './answer-feed.ts'
import { answerOpinions } from './answer-opinions.ts'
import { pullOpinions } from './pull-opinions.ts'
import { fill, never, syncScene } from './sync-scene.conformance.ts'

const [alice, bob] = [new Publisher('alice'), new Publisher('bob')]
const { identity } = alice
const bytesOf = ({ bytes }: Op): Uint8Array => bytes

const scene = () => {
  const made = syncScene()
  const parts = { ...made.parts, catalogue: made.mine }
  const pull = (after = 0, waiting: readonly Op['id'][] = []): Promise<number> =>
    pullOpinions(parts, made.server.self, { identity, after, waiting, signal: never })
  return { ...made, pull }
}

const serve = ({ server, theirs }: Pick<ReturnType<typeof scene>, 'server' | 'theirs'>): Disposable => {
  const answering = new DisposableStack()
  answering.use(answerFeed(server, theirs))
  answering.use(answerOpinions(server, theirs))
  return answering
}

test('What a publisher says of itself and of others is brought, page by page, and nothing else; the next time only what is new', async () => {
  const all = scene()
  using _answering = serve(all)
  const opinions = Array.from({ length: LIMITS.feedIds + 5 }, (_, at) => alice.endorse(bob.identity, { at: 1_763_683_300 + at }))
  fill(all.theirs, [alice.genesis, bob.genesis, bob.endorse(identity).bytes, alice.release('tool', '1.0.0').bytes, ...opinions.map(bytesOf)])
  const place = await all.pull()
  assert.deepEqual([all.mine.counts().ops, all.mine.opinions(identity, bob.identity, 9999).length], [opinions.length + 1, opinions.length])
  assert.deepEqual([all.added.length, await all.pull(place)], [opinions.length + 1, place])
  const later = alice.advise(bob.identity, 'tool')
  fill(all.theirs, [later.bytes])
  assert(await all.pull(place) > place)
  assert.deepEqual([all.added.length, all.added.at(-1)?.id], [opinions.length + 2, later.id])
})

test('What is listed and does not come is asked for again, and what was dropped here comes whole', async () => {
  const all = scene()
  using _answering = serve(all)
  const [one, two] = [alice.endorse(bob.identity), alice.endorse(bob.identity, { level: 'none' })]
  fill(all.theirs, [alice.genesis, one.bytes, two.bytes])
  all.mine.putStub(one)
  const judge = all.parts.judge
  const early = { ...all.parts, catalogue: all.mine, judge: async function* (envelopes: readonly Uint8Array[], how: Parameters<typeof judge>[1]) {
    for await (const judged of judge(envelopes, how)) yield judged.map((each) => (each.outcome === 'added' ? { outcome: 'early' as const, op: each.op } : each))
  } }
  all.mine.putStub(two)
  assert.equal(await pullOpinions(early, all.server.self, { identity, after: 0, waiting: [], signal: never }), 0)
  const whole = { ...early, judge: async function* (envelopes: readonly Uint8Array[]) {
    fill(all.mine, envelopes)
    yield []
  } }
  assert.equal(await pullOpinions(whole, all.server.self, { identity, after: 0, waiting: [], signal: never }), 3)
  assert.deepEqual([one, two].map(({ id }) => all.mine.opBytes(id)), [one.bytes, two.bytes])
})

test('More signatures of what waits here are asked for, although its id is known', async () => {
  const all = scene()
  using _answering = serve(all)
  const opinion = alice.endorse(bob.identity)
  fill(all.theirs, [alice.genesis, opinion.bytes])
  const place = await all.pull()
  let judged = 0
  const parts = { ...all.parts, catalogue: all.mine, judge: (envelopes: readonly Uint8Array[], how: Parameters<typeof all.parts.judge>[1]) => {
    judged += envelopes.length
    return all.parts.judge(envelopes, how)
  } }
  for (const waiting of [[], [opinion.id]]) await pullOpinions(parts, all.server.self, { identity, after: place, waiting, signal: never })
  assert.equal(judged, 1)
})

const lying = async (what: string, answer: (network: Network) => Disposable, code: string): Promise<void> => {
  const all = scene()
  using _answering = answer(all.server)
  await assert.rejects(all.pull(), { code }, what)
  assert.equal(all.mine.counts().ops, 0, what)
}

test('A list that does not go on, ops of somebody else and forged ones are refused', async () => {
  const opinion = alice.endorse(bob.identity)
  const forged = Uint8Array.from(opinion.bytes, (byte, at) => (at === opinion.bytes.length - 1 ? byte ^ 1 : byte))
  await lying('in a circle', (network) => network.answer('/ggen/opinions/1', async () => encodeOpinionsAnswer({ ids: [opinion.id], last: 0 })), 'frame-invalid')
  for (const [what, id, bytes, code] of [['foreign', bob.identity, bob.genesis, 'frame-invalid'], ['forged', opinion.id, forged, 'op-invalid']] as const) {
    await lying(what, (network) => {
      const answering = new DisposableStack()
      const listing = async (question: Uint8Array) => encodeOpinionsAnswer({ ids: [id], last: decodeOpinionsQuestion(question).after + 1 })
      answering.use(network.answer('/ggen/opinions/1', listing))
      answering.use(network.answer('/ggen/feed/1', async () => encodeFeedBatch({ ops: [bytes], seen: 1 })))
      return answering
    }, code)
  }
})

test('A list without end is left after so many pages', async () => {
  const all = scene()
  let asked = 0
  using _answering = all.server.answer('/ggen/opinions/1', async (question) => {
    asked += 1
    return encodeOpinionsAnswer({ ids: [alice.identity], last: decodeOpinionsQuestion(question).after + 1 })
  })
  fill(all.mine, [alice.genesis])
  assert.equal(await all.pull(), LIMITS.opinionPages)
  assert.equal(asked, LIMITS.opinionPages)
})
