import { Events, GgenError, type GgenEvent, LIMITS, parsePeerId } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { bytes, hasCode, type NetworkLab, soon, text } from './network-lab.conformance.ts'
import type { Answerer, Network } from './network.ts'

const PROTOCOL = '/ggen/blob/1'
const STRANGER = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const echo: Answerer = async (question) => question

/** One question, one answer. */
export const askingConformance = (openLab: () => Promise<NetworkLab>): void => {
  const pairOf = async (lab: NetworkLab, answerer: Answerer | undefined, events?: Events): Promise<{ readonly alice: Network; readonly bob: Network }> => {
    const [alice, bob] = [await lab.node(), await lab.node(events === undefined ? {} : { events })]
    if (answerer !== undefined) bob.answer(PROTOCOL, answerer)
    await lab.connect(alice, bob)
    return { alice, bob }
  }

  it('brings the question to the answerer with the name of the asker, and the answer back', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, async (question, from) => bytes(`${text(question)} from ${from}`))
    assert.equal(text(await alice.ask(bob.self, PROTOCOL, bytes('hello'), soon())), `hello from ${alice.self}`)
  })

  it('works against the direction of the connection', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, undefined)
    alice.answer(PROTOCOL, echo)
    assert.equal(text(await bob.ask(alice.self, PROTOCOL, bytes('back'), soon())), 'back')
  })

  it('carries an empty question and an empty answer', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, async (question) => question)
    assert.equal((await alice.ask(bob.self, PROTOCOL, new Uint8Array(0), soon())).length, 0)
  })

  it('carries the largest question and the largest answer, byte for byte', async () => {
    await using lab = await openLab()
    const largest = Uint8Array.from({ length: LIMITS.messageBytes }, (_, index) => index % 251)
    const { alice, bob } = await pairOf(lab, async (question) => (question.length === LIMITS.questionBytes ? largest : question))
    const answer = await alice.ask(bob.self, PROTOCOL, new Uint8Array(LIMITS.questionBytes), soon())
    assert(Buffer.from(answer).equals(largest))
  })

  it('refuses a question that is one byte too large without asking', async () => {
    await using lab = await openLab()
    let asked = 0
    const { alice, bob } = await pairOf(lab, async (question) => ((asked += 1), question))
    await assert.rejects(alice.ask(bob.self, PROTOCOL, new Uint8Array(LIMITS.questionBytes + 1), soon()), hasCode('frame-invalid'))
    assert.equal(asked, 0)
  })

  it('never lets an answer out that is one byte too large', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, async () => new Uint8Array(LIMITS.messageBytes + 1))
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
  })

  it('answers many questions of one peer side by side', async () => {
    await using lab = await openLab()
    let open = 0
    const all = Promise.withResolvers<void>()
    const { alice, bob } = await pairOf(lab, async (question) => {
      if ((open += 1) === LIMITS.streamsPerProtocol) all.resolve()
      await all.promise
      return question
    })
    const questions = Array.from({ length: 3 * LIMITS.streamsPerProtocol }, (_, index) => `question ${index}`)
    const answers = await Promise.all(questions.map((question) => alice.ask(bob.self, PROTOCOL, bytes(question), soon())))
    assert.deepEqual(answers.map(text), questions)
  })

  it('gives up on a slow answerer when its signal says so, and tells the answerer', async () => {
    await using lab = await openLab()
    const told = Promise.withResolvers<void>()
    const { alice, bob } = await pairOf(lab, (_question, _from, signal) => {
      signal.addEventListener('abort', () => told.resolve())
      return new Promise(() => undefined)
    })
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), AbortSignal.timeout(200)), hasCode('timeout'))
    await told.promise
  })

  it('is cancelled before it starts by a signal that has aborted already', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, echo)
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), AbortSignal.abort()), hasCode('cancelled'))
  })

  it('tells the asker that the answerer is too busy or finds the question malformed', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, async (question) => {
      throw new GgenError(text(question) === 'busy' ? 'too-busy' : 'frame-invalid', 'no')
    })
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('busy'), soon()), hasCode('too-busy'))
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('odd'), soon()), hasCode('frame-invalid'))
  })

  it('survives an answerer that throws, tells the asker nothing of it, and reports it at home', async () => {
    await using lab = await openLab()
    const events = new Events()
    const seen: GgenEvent[] = []
    events.subscribe((event) => seen.push(event))
    const { alice, bob } = await pairOf(
      lab,
      async (question) => {
        if (text(question) === 'good') return question
        throw new TypeError('a secret of the answerer')
      },
      events,
    )
    const isDiscreet = (error: Error): boolean => hasCode('peer-unreachable')(error) && !error.message.includes('secret')
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('bad'), soon()), isDiscreet)
    assert.equal(text(await alice.ask(bob.self, PROTOCOL, bytes('good'), soon())), 'good')
    await until('the failure is reported', () => seen.some((event) => event.type === 'task-failed' && event.message.includes('secret')))
  })

  it('says that a peer without an answerer cannot be reached for it, also after the answerer went', async () => {
    await using lab = await openLab()
    const { alice, bob } = await pairOf(lab, undefined)
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
    const answering = bob.answer(PROTOCOL, echo)
    assert.equal(text(await alice.ask(bob.self, PROTOCOL, bytes('x'), soon())), 'x')
    answering[Symbol.dispose]()
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
  })

  it('has one answerer per protocol', async () => {
    await using lab = await openLab()
    const { bob } = await pairOf(lab, echo)
    assert.throws(() => bob.answer(PROTOCOL, echo), assert.AssertionError)
  })

  it('says that a peer which nobody knows cannot be reached', async () => {
    await using lab = await openLab()
    const { alice } = await pairOf(lab, echo)
    await assert.rejects(alice.ask(STRANGER, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
  })

  it('ends a question whose peer goes away', async () => {
    await using lab = await openLab()
    const asked = Promise.withResolvers<void>()
    const { alice, bob } = await pairOf(lab, () => {
      asked.resolve()
      return new Promise(() => undefined)
    })
    const answer = alice.ask(bob.self, PROTOCOL, bytes('x'), soon())
    const rejected = assert.rejects(answer, hasCode('peer-unreachable'))
    await asked.promise
    await bob[Symbol.asyncDispose]()
    await rejected
  })

  it('ends its own questions when it leaves', async () => {
    await using lab = await openLab()
    const asked = Promise.withResolvers<void>()
    const { alice, bob } = await pairOf(lab, () => {
      asked.resolve()
      return new Promise(() => undefined)
    })
    const rejected = assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('cancelled'))
    await asked.promise
    await alice[Symbol.asyncDispose]()
    await rejected
  })
}
