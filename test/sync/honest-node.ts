import { type Clock, type ErrorCode, GgenError, type OpId, type PeerId, toGgenError } from '#core'
import { answerFeed, answerSync, type Judged, type SessionParts, Snapshots, syncWith } from '#flow/sync'
import type { Answerer, Network, Protocol } from '#network'
import { type Catalogue, memoryBlobStore, memoryCatalogue } from '#store'
import { decodeFeedQuestion, encodeFeedQuestion } from '#wire'
import type { Dice } from '#testing'
import type { Liar } from './liar.ts'
import { knownOp, parentsOf } from './sample-set.ts'

const never = new AbortController().signal
const IDS_PER_ANSWER = 5

/** Time that passes only for those who wait for it; no question takes too long, because faults are thrown by hand. */
const quickClock = (): Clock => {
  let now = 0
  return {
    now: () => now,
    monotonic: () => now,
    timeout: () => never,
    wait: async (ms, signal) => {
      signal.throwIfAborted()
      now += ms
    },
  }
}

/** A session with another node, what happens to its questions, and what ends it early. */
export interface Meeting {
  readonly other: HonestNode | Liar
  readonly way: Way
  readonly signal?: AbortSignal
}

/** What may happen to a question on its way. Called for each one; throws what the asker gets instead of an answer. */
export type Way = (deliver: () => Promise<Uint8Array>, signal: AbortSignal) => Promise<Uint8Array>

/** A node as far as comparing catalogues goes. It is asked directly: a whole network in memory costs several times as much. */
export class HonestNode {
  readonly catalogue: Catalogue = memoryCatalogue()
  readonly #answerers = new Map<Protocol, Answerer>()
  readonly #underway = new Set<OpId>()
  readonly #clock = quickClock()

  constructor() {
    const network = { answer: (protocol: Protocol, answerer: Answerer) => this.#answerers.set(protocol, answerer) as unknown as Disposable } as Network
    const snapshots = new Snapshots({ catalogue: this.catalogue, blobs: memoryBlobStore(), clock: this.#clock, background: () => undefined })
    answerFeed(network, this.catalogue)
    answerSync({ network, catalogue: this.catalogue, snapshots })
  }

  async answer(protocol: Protocol, question: Uint8Array): Promise<Uint8Array> {
    const answerer = this.#answerers.get(protocol)
    if (answerer === undefined) throw new GgenError('peer-unreachable', 'it answers no such questions')
    return answerer(protocol === '/ggen/feed/1' ? shortened(question) : question, 'asker' as PeerId, never)
  }

  /** One session with another node; resolves to the code of what ended it, or to nothing when it went well. */
  async compareWith({ other, way, signal = never }: Meeting): Promise<ErrorCode | undefined> {
    const network = {
      ask: (...[, protocol, question, asking]: Parameters<Network['ask']>) => way(async () => other.answer(protocol, question), asking),
    } as Network
    const parts: SessionParts = {
      network, catalogue: this.catalogue, clock: this.#clock, underway: this.#underway, onAdded: () => undefined,
      judge: (envelopes) => this.#judge(envelopes),
      readBlob: async (_peer, { digest }) => {
        if ('readBlob' in other) return other.readBlob(digest)
        throw new GgenError('blob-not-found', 'it has none')
      },
    }
    try {
      await syncWith(parts, 'other' as PeerId, signal)
      return undefined
    } catch (error) {
      const { code } = toGgenError(error)
      if (code === 'internal') throw error
      return code
    }
  }

  /** Part by part, as the real one does, so that sessions that run side by side meet in between. */
  async *#judge(envelopes: readonly Uint8Array[]): AsyncGenerator<readonly Judged[]> {
    for (let place = 0; place < envelopes.length; place += 16) yield envelopes.slice(place, place + 16).map((envelope) => this.#one(envelope))
  }

  #one(envelope: Uint8Array): Judged {
    const op = knownOp(envelope)
    if (op === undefined) return { outcome: 'refused', reason: 'signature' }
    if (this.catalogue.hasOp(op.id)) return { outcome: 'known', op }
    if (!parentsOf(op).every((id) => this.catalogue.hasOp(id))) return { outcome: 'orphan', op }
    this.catalogue.putOp(op)
    return { outcome: 'added', op }
  }
}

/** An answerer may stop after as many ids as it likes: stands for ops that fill an answer. */
const shortened = (question: Uint8Array): Uint8Array => {
  const asked = decodeFeedQuestion(question)
  return asked.ask === 'ops' ? encodeFeedQuestion({ ...asked, ids: asked.ids.slice(0, IDS_PER_ANSWER) }) : question
}

const turns = async (count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) await Promise.resolve()
}

/** Everything arrives, after a while that differs: sessions that run side by side overtake each other. */
export const soundWay = (dice: Dice): Way => async (deliver, signal) => {
  await turns(dice.roll(6))
  if (signal.aborted) throw new GgenError('cancelled', 'the session was ended')
  const answer = await deliver()
  await turns(dice.roll(6))
  return answer
}

/** The other side never answers: the asker waits until its session is ended. */
export const stalled: Way = (_deliver, signal) => new Promise((_resolve, reject) => {
  const end = (): void => reject(new GgenError('cancelled', 'the session was ended'))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
})

/** Questions and answers get lost, arrive twice, or never arrive; then `end` is called, which ends the session. */
export const brokenWay = (dice: Dice, end: () => void): Way => {
  const sound = soundWay(dice)
  return async (deliver, signal) => {
    switch (dice.roll(10)) {
      case 0:
        throw new GgenError('timeout', 'the question was lost')
      case 1:
        await sound(deliver, signal)
        throw new GgenError('peer-unreachable', 'the answer was lost')
      case 2:
        await sound(deliver, signal)
        return sound(deliver, signal)
      case 3:
        queueMicrotask(end)
        return stalled(deliver, signal)
      default:
        return sound(deliver, signal)
    }
  }
}
