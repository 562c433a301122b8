import { type ErrorCode, GgenError, LIMITS } from '#core'
import { type FoundPackages, type PackageQuery, type PackageSearch, type SearchSignals, storeClosed } from '#store'
import { IdleWorker } from './idle-worker.ts'

/** What the thread is told. Signals come along only when they are others than before. */
export type SearchTask = { readonly id: number; readonly query: PackageQuery; readonly signals?: SearchSignals } | { readonly forget: number }

/** One answer to each question that was not forgotten. */
export type SearchOutcome =
  | { readonly id: number; readonly answer: FoundPackages }
  | { readonly id: number; readonly error: SearchFailure }

/** A coded error, in a form that can be posted. */
export interface SearchFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly details: Readonly<Record<string, unknown>>
}

/** What the thread needs to know when it starts. */
export interface SearchedFile {
  readonly path: string
}

/** Long enough that whoever is looking for something finds its vocabulary read, short enough that an idle node gets its memory back. */
const IDLE_MS = 5 * 60_000
const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }

interface Waiting {
  readonly resolve: (answer: FoundPackages) => void
  readonly reject: (error: unknown) => void
}

/**
 * A thread that searches a catalogue file, so that no question, however common its words, holds up the node. It starts with the first question
 * and ends when there was none for a while. When it breaks, the questions that it had fail, and the next one starts another.
 */
export class SearchThread implements PackageSearch {
  readonly #onDamage: () => void
  readonly #thread: IdleWorker<SearchOutcome>
  readonly #waiting = new Map<number, Waiting>()
  #told: SearchSignals | undefined
  #lastId = 0
  #closed = false

  /** `onDamage` is called before a question fails because the file is no sound database. */
  constructor(path: string, onDamage: () => void) {
    this.#onDamage = onDamage
    this.#thread = new IdleWorker({
      script: new URL('./search-worker', import.meta.url), heap: HEAP, idleMs: IDLE_MS, data: { path } satisfies SearchedFile,
      onAnswer: (outcome) => this.#hear(outcome),
      onLost: (cause) => this.#giveUp(new GgenError('store-broken', 'the search thread ended', { cause, hint: 'ask again: it starts anew' })),
    })
  }

  async search(query: PackageQuery, signals: SearchSignals, signal: AbortSignal): Promise<FoundPackages> {
    signal.throwIfAborted()
    if (this.#closed) throw storeClosed()
    if (this.#waiting.size >= LIMITS.waitingSearches) throw new GgenError('too-busy', `${LIMITS.waitingSearches} searches are waiting already`)
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<FoundPackages>()
    const onAbort = (): void => {
      if (this.#thread.isRunning) this.#thread.post({ forget: id } satisfies SearchTask)
      reject(signal.reason)
    }
    this.#waiting.set(id, { resolve, reject })
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#ask({ id, query }, signals)
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) this.#thread.rest()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#giveUp(storeClosed())
    await this.#thread[Symbol.asyncDispose]()
  }

  #ask(task: { readonly id: number; readonly query: PackageQuery }, signals: SearchSignals): void {
    const isTold = this.#thread.isRunning && signals === this.#told
    this.#thread.post((isTold ? task : { ...task, signals }) satisfies SearchTask)
    this.#told = signals
  }

  #hear(outcome: SearchOutcome): void {
    const waiting = this.#waiting.get(outcome.id)
    if ('answer' in outcome) return waiting?.resolve(outcome.answer)
    const { code, message, hint, details } = outcome.error
    if (details['malformed'] === true) this.#onDamage()
    waiting?.reject(new GgenError(code, message, { hint, details }))
  }

  #giveUp(error: GgenError): void {
    for (const { reject } of this.#waiting.values()) reject(error)
  }
}
