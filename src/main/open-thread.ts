import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { GgenError } from '#core'
import type { OpenAll } from '#flow/verify'
import { type Opened, openEach, reopenOp } from '#trust'

/** What is wrong with each of the envelopes that the thread was given; `null`: nothing. */
export type Faults = readonly (string | null)[]

/** Fewer are opened here: asking the thread would take longer, and one gossiped op is not worth a thread. */
const WORTH_OPS = 16
/** Long enough for the next session of a catch-up, short enough that an idle node gets its memory back. */
const IDLE_MS = 10_000
/** A checkout runs from its sources, and a thread does not inherit the hooks of the launcher that find them. */
const EXTENSION = extname(import.meta.filename)
const NODE_FLAGS = EXTENSION === '.ts' ? ['--conditions=ggen-source'] : []
const HEAP = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 }

/**
 * A thread that checks signatures while the main thread stores what it found right: checking is most of the work of a newcomer. It starts with
 * its first job and ends when there was none for a while. Disposing ends it at once; what it was asked then fails with `cancelled`.
 */
export class OpenThread implements AsyncDisposable {
  readonly #waiting: { readonly resolve: (faults: Faults) => void; readonly reject: (error: Error) => void }[] = []
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined

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
    const worker = this.#forget()
    this.#giveUp(new GgenError('cancelled', 'this node is shutting down'))
    await worker?.terminate()
  }

  async #ask(envelopes: readonly Uint8Array[]): Promise<Faults> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= this.#start())
    const { promise, resolve, reject } = Promise.withResolvers<Faults>()
    this.#waiting.push({ resolve, reject })
    worker.ref()
    worker.postMessage(envelopes)
    try {
      return await promise
    } finally {
      if (this.#waiting.length === 0) this.#rest()
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./open-worker${EXTENSION}`, import.meta.url), { resourceLimits: HEAP, execArgv: NODE_FLAGS })
    worker.on('message', (faults: Faults) => this.#waiting.shift()?.resolve(faults))
    worker.on('error', (error) => this.#lost(worker, error))
    worker.once('exit', () => this.#lost(worker, new GgenError('internal', 'the thread that checks signatures ended')))
    return worker
  }

  /** It keeps no process alive while nothing is asked of it. */
  #rest(): void {
    this.#worker?.unref()
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#forget()?.terminate(), IDLE_MS).unref()
  }

  #forget(): Worker | undefined {
    const worker = this.#worker
    clearTimeout(this.#idle)
    this.#worker = undefined
    return worker
  }

  /** One that was let go has nothing to do with what the next one does. */
  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return
    this.#forget()
    this.#giveUp(cause instanceof Error ? cause : new Error(String(cause)))
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
