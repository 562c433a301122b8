import { GgenError } from '#core'
import type { OpenAll } from '#flow/verify'
import { IdleWorker } from '#store/disk'
import { type Opened, openEach, reopenOp } from '#trust'
import { packed } from './pack-envelopes.ts'

/** What is wrong with each of the envelopes that the thread was given; `null`: nothing. */
export type Faults = readonly (string | null)[]

/** Fewer are opened here: asking the thread would take longer, and one gossiped op is not worth a thread. */
const WORTH_OPS = 16
/** Long enough for the next session of a catch-up, short enough that an idle node gets its memory back. */
const IDLE_MS = 10_000
const HEAP = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }

/**
 * A thread that checks signatures while the main thread stores what it found right: checking is most of the work of a newcomer. It starts with
 * its first job and ends when there was none for a while. Answers get a turn of the event loop each: those that came while one was worked on
 * would otherwise be worked on one after the other, and for that long the node would hear nobody. Disposing ends it at once; what it was asked
 * then fails with `cancelled`.
 */
export class OpenThread implements AsyncDisposable {
  readonly #waiting: { readonly resolve: (faults: Faults) => void; readonly reject: (error: Error) => void }[] = []
  readonly #answers: Faults[] = []
  readonly #thread = new IdleWorker<Faults>({
    script: new URL('./open-worker', import.meta.url), heap: HEAP, idleMs: IDLE_MS,
    onAnswer: (faults) => this.#hear(faults),
    onLost: (cause) => this.#giveUp(new GgenError('internal', 'the thread that checks signatures ended', { cause })),
  })

  /** Opens envelopes, in order. */
  readonly openAll: OpenAll = async (envelopes) => {
    if (envelopes.length < WORTH_OPS) return openEach(envelopes)
    const faults = await this.#ask(envelopes)
    return envelopes.map((envelope, place): Opened => {
      const fault = faults[place]
      return fault === null ? { op: reopenOp(envelope) } : { fault: fault ?? 'nothing' }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp(new GgenError('cancelled', 'this node is shutting down'))
    await this.#thread[Symbol.asyncDispose]()
  }

  async #ask(envelopes: readonly Uint8Array[]): Promise<Faults> {
    const { promise, resolve, reject } = Promise.withResolvers<Faults>()
    this.#waiting.push({ resolve, reject })
    const message = packed(envelopes)
    this.#thread.post(message, [message.bytes.buffer])
    try {
      return await promise
    } finally {
      if (this.#waiting.length === 0) this.#thread.rest()
    }
  }

  #hear(faults: Faults): void {
    if (this.#answers.push(faults) === 1) setImmediate(() => this.#handOver())
  }

  #handOver(): void {
    const faults = this.#answers.shift()
    if (faults !== undefined) this.#waiting.shift()?.resolve(faults)
    if (this.#answers.length > 0) setImmediate(() => this.#handOver())
  }

  #giveUp(error: Error): void {
    this.#answers.length = 0
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
