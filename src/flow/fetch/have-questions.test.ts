import { type Digest, digestOf, GgenError, LIMITS, type PeerId } from '#core'
import type { BulkOffer } from '#bulk'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { TestClock, until } from '#testing'
import { decodeHaveQuestion, encodeHaveAnswer, type HeldBlob } from '#wire'
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
}

class Scene {
  readonly clock = new TestClock()
  readonly hub: MemoryHub = memoryHub({ clock: this.clock })
  readonly reader: Network = this.hub.join()
  readonly heard: Heard[] = []
  readonly learned: { readonly peer: PeerId; readonly host: string; readonly offer: BulkOffer }[] = []
  readonly questions = new HaveQuestions(
    { network: this.reader, clock: this.clock, bulk: { learn: (peer, host, offer) => this.learned.push({ peer, host, offer }) } },
    (peer, about, what) => this.heard.push({ peer, digest: about, held: what }),
  )

  peer(answer: (digests: readonly Digest[]) => Promise<Uint8Array>, isLinked = true): PeerId {
    const network = this.hub.join()
    if (isLinked) this.hub.link(this.reader.self, network.self)
    network.answer('/ggen/have/1', (question) => answer(decodeHaveQuestion(question)))
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
    const early = Array.from({ length: LIMITS.haveDigests + 4 }, (_, n) => scene.questions.ask(peer, digest(n), never))
    await until('the first question is under way', () => sizes.length === 1)
    const late = [500, 501, 0].map((n) => scene.questions.ask(peer, digest(n), never))
    gate.resolve()
    assert.ok((await Promise.all([...early, ...late])).every((what) => what !== 'silent' && what?.sizeBytes === 9))
    assert.deepEqual(sizes, [LIMITS.haveDigests, 6], 'the one that was asked already is not asked again')
    assert.equal(scene.heard.length, LIMITS.haveDigests + 6)
  })

  test('do not wait for each other across peers', async () => {
    const scene = new Scene()
    const [mute, quick] = [scene.peer(() => new Promise(() => undefined)), scene.peer(async (digests) => all(digests))]
    const silent = scene.questions.ask(mute, digest(1), never)
    assert.deepEqual(await scene.questions.ask(quick, digest(1), never), held)
    scene.clock.advance(LIMITS.haveTimeoutMs)
    assert.equal(await silent, 'silent')
    assert.equal(scene.heard.length, 1, 'silence is not a no')
  })

  test('are not answered by peers that are gone, fail, or talk nonsense', async () => {
    const scene = new Scene()
    const failing = scene.peer(async () => { throw new GgenError('too-busy', 'no') })
    const talking = scene.peer(async () => Buffer.from('nonsense'))
    const counting = scene.peer(async () => all([digest(1), digest(2)]))
    for (const peer of [failing, talking, counting, 'gone' as PeerId]) assert.equal(await scene.questions.ask(peer, digest(1), never), 'silent')
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
    const first = scene.questions.ask(peer, digest(0), never)
    await until('the first is under way', () => asked.length === 1)
    const leaving = new AbortController()
    const others = [digest(1), digest(2), digest(2)].map((about, index) => scene.questions.ask(peer, about, index === 2 ? never : leaving.signal))
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
    assert.equal(await scene.questions.ask(peer, digest(1), never), undefined)
    const host = scene.reader.peers()[0]?.address?.split('/')[2]
    assert.deepEqual(scene.learned.map(({ offer: { ticket, ...offer }, ...to }) => ({ ...to, ...offer, ticket: Buffer.from(ticket).toString() })), [
      { peer, host, port: 4242, validMs: 1000, ticket: 'ticket' },
    ])
  })

  test('tell who waits of a failure that is not the peer\'s', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    const [reader, server] = [hub.join(), hub.join()]
    hub.link(reader.self, server.self)
    server.answer('/ggen/have/1', async () => all([digest(1)]))
    const questions = new HaveQuestions({ network: reader, clock }, () => { throw new TypeError('a bug') })
    await assert.rejects(questions.ask(server.self, digest(1), never), /a bug/)
    await assert.rejects(questions.ask(server.self, digest(1), never), /a bug/, 'and the line is not stuck')
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
    const answer = scene.questions.ask(peer, digest(1), never)
    await until('it is asked', () => asked)
    scene.clock.advance(33)
    gate.resolve()
    await answer
    assert.equal(scene.questions.usualMs(20, 50), 33)
  })
})
