import { type Digest, digestOf, GgenError, LIMITS, type PeerId } from '#core'
import type { BulkOffer } from '#bulk'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { TestClock, until } from '#testing'
import { decodeHaveQuestion, encodeHaveAnswer, type HaveQuestion, type HeldBlob } from '#wire'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HaveQuestions } from './have-questions.ts'

const never = new AbortController().signal
const digest = (n: number): Digest => digestOf(Buffer.from(`${n}`))
const held = { sizeBytes: 9 }

interface Heard {
  readonly peer: PeerId
  readonly digest: Digest
  readonly held: HeldBlob | undefined
  /** Length of what was enclosed. */
  readonly enclosed: number | undefined
}

class Scene {
  readonly clock = new TestClock()
  readonly hub: MemoryHub = memoryHub({ clock: this.clock })
  readonly reader: Network = this.hub.join()
  readonly heard: Heard[] = []
  readonly learned: { readonly peer: PeerId; readonly host: string; readonly offer: BulkOffer }[] = []
  readonly questions = new HaveQuestions(
    { network: this.reader, clock: this.clock, bulk: { learn: (peer, host, offer) => this.learned.push({ peer, host, offer }), isReady: () => false } },
    (peer, about, said) => this.heard.push({ peer, digest: about, held: said.held, enclosed: said.enclosed?.length }),
  )

  peer(answer: (digests: readonly Digest[], question: HaveQuestion) => Promise<Uint8Array>, isLinked = true): PeerId {
    const network = this.hub.join()
    if (isLinked) this.hub.link(this.reader.self, network.self)
    network.answer('/ggen/have/1', (bytes) => {
      const question = decodeHaveQuestion(bytes)
      return answer(question.digests, question)
    })
    return network.self
  }
}

const all = (digests: readonly Digest[]): Uint8Array => encodeHaveAnswer({ held: digests.map(() => held), bulk: undefined })

describe('questions about what is held', () => {
  test('of one turn go together, at most so many at once, and later ones follow', async () => {
    const scene = new Scene()
    const sizes: number[] = []
    const gate = Promise.withResolvers<void>()
    const peer = scene.peer(async (digests) => {
      sizes.push(digests.length)
      await gate.promise
      return all(digests)
    })
    const early = Array.from({ length: LIMITS.haveDigests + 4 }, (_, n) => scene.questions.ask(peer, { digest: digest(n) }, never))
    await until('the first question is under way', () => sizes.length === 1)
    const late = [500, 501, 0].map((n) => scene.questions.ask(peer, { digest: digest(n) }, never))
    gate.resolve()
    assert.ok((await Promise.all([...early, ...late])).every((what) => what !== 'silent' && what?.sizeBytes === 9))
    assert.deepEqual(sizes, [LIMITS.haveDigests, 6], 'the one that was asked already is not asked again')
    assert.equal(scene.heard.length, LIMITS.haveDigests + 6)
  })

  test('do not wait for each other across peers', async () => {
    const scene = new Scene()
    const [mute, quick] = [scene.peer(() => new Promise(() => undefined)), scene.peer(async (digests) => all(digests))]
    const silent = scene.questions.ask(mute, { digest: digest(1) }, never)
    assert.deepEqual(await scene.questions.ask(quick, { digest: digest(1) }, never), held)
    scene.clock.advance(LIMITS.haveTimeoutMs)
    assert.equal(await silent, 'silent')
    assert.equal(scene.heard.length, 1, 'silence is not a no')
  })

  test('are not answered by peers that are gone, fail, or talk nonsense', async () => {
    const scene = new Scene()
    const failing = scene.peer(async () => { throw new GgenError('too-busy', 'no') })
    const talking = scene.peer(async () => Buffer.from('nonsense'))
    const counting = scene.peer(async () => all([digest(1), digest(2)]))
    for (const peer of [failing, talking, counting, 'gone' as PeerId]) assert.equal(await scene.questions.ask(peer, { digest: digest(1) }, never), 'silent')
    assert.deepEqual(scene.heard, [])
  })

  test('are not sent when nobody waits any more, and are when somebody still does', async () => {
    const scene = new Scene()
    const asked: Digest[] = []
    const gate = Promise.withResolvers<void>()
    const peer = scene.peer(async (digests) => {
      asked.push(...digests)
      await gate.promise
      return all(digests)
    })
    const first = scene.questions.ask(peer, { digest: digest(0) }, never)
    await until('the first is under way', () => asked.length === 1)
    const leaving = new AbortController()
    const others = [digest(1), digest(2), digest(2)].map((about, index) => scene.questions.ask(peer, { digest: about }, index === 2 ? never : leaving.signal))
    leaving.abort()
    gate.resolve()
    await first
    assert.deepEqual(await Promise.all(others), ['silent', held, held])
    assert.deepEqual(asked, [digest(0), digest(2)])
  })

  test('bring the way to the bulk channel: the port from the answer, the host from the connection', async () => {
    const scene = new Scene()
    const bulk = { port: 4242, ticket: Buffer.from('ticket'), validMs: 1000 }
    const peer = scene.peer(async () => encodeHaveAnswer({ held: [undefined], bulk }), false)
    assert.equal(await scene.questions.ask(peer, { digest: digest(1) }, never), undefined)
    const host = scene.reader.peers()[0]?.address?.split('/')[2]
    assert.deepEqual(scene.learned.map(({ offer: { ticket, ...offer }, ...to }) => ({ ...to, ...offer, ticket: Buffer.from(ticket).toString() })), [
      { peer, host, port: 4242, validMs: 1000, ticket: 'ticket' },
    ])
  })

  test('let enclose first what is wanted so, as far as the peer may, and all the rest goes with it', async () => {
    const scene = new Scene()
    const asked: HaveQuestion[] = []
    const peer = scene.peer(async (_digests, question) => {
      asked.push(question)
      const enclosed = new Map(Array.from({ length: question.enclose }, (_, index) => [index, new Uint8Array(9)]))
      return encodeHaveAnswer({ held: question.digests.map(() => held), enclosed, bulk: undefined })
    })
    const wishes = [undefined, 9, LIMITS.enclosedBlobBytes, 9]
    await Promise.all(wishes.map((encloseBytes, n) => scene.questions.ask(peer, { digest: digest(n), encloseBytes }, never)))
    assert.deepEqual(asked, [{ digests: [1, 3, 0, 2].map(digest), enclose: 2 }])
    assert.deepEqual(scene.heard.map((heard) => heard.enclosed), [9, 9, undefined, undefined])
  })

  test('are asked again without enclosures when an answer with them does not come in time', async () => {
    const scene = new Scene()
    const asked: number[] = []
    const peer = scene.peer(async (digests, { enclose }) => {
      asked.push(enclose)
      if (enclose > 0) await new Promise(() => undefined)
      return all(digests)
    })
    const answer = scene.questions.ask(peer, { digest: digest(1), encloseBytes: 9 }, never)
    await until('it is asked', () => asked.length === 1)
    scene.clock.advance(LIMITS.haveTimeoutMs)
    assert.deepEqual(await answer, held)
    assert.deepEqual(await scene.questions.ask(peer, { digest: digest(2), encloseBytes: LIMITS.enclosedBlobBytes }, never), held)
    assert.deepEqual(asked, [1, 0, 0], 'and it is not asked to for a while')
  })

  test('tell who waits of a failure that is not the peer\'s', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    const [reader, server] = [hub.join(), hub.join()]
    hub.link(reader.self, server.self)
    server.answer('/ggen/have/1', async () => all([digest(1)]))
    const questions = new HaveQuestions({ network: reader, clock }, () => { throw new TypeError('a bug') })
    await assert.rejects(questions.ask(server.self, { digest: digest(1) }, never), /a bug/)
    await assert.rejects(questions.ask(server.self, { digest: digest(1) }, never), /a bug/, 'and the line is not stuck')
  })

  test('know how long answers usually take', async () => {
    const scene = new Scene()
    assert.equal(scene.questions.usualMs(20, 50), 50)
    const gate = Promise.withResolvers<void>()
    let asked = false
    const peer = scene.peer(async (digests) => {
      asked = true
      await gate.promise
      return all(digests)
    })
    const answer = scene.questions.ask(peer, { digest: digest(1) }, never)
    await until('it is asked', () => asked)
    scene.clock.advance(33)
    gate.resolve()
    await answer
    assert.equal(scene.questions.usualMs(20, 50), 33)
  })
})
