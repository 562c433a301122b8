import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, GgenError, LIMITS } from '#core'
import { type FoundPackages, type PackageQuery, type PackageSearch, type SearchSignals, storeClosed } from '#store'

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

/** A checkout runs from its sources, and a thread does not inherit the hooks of the launcher that find them. */
const EXTENSION = extname(import.meta.filename)
const NODE_FLAGS = EXTENSION === '.ts' ? ['--conditions=ggen-source'] : []
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
  readonly #path: string
  readonly #onDamage: () => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #told: SearchSignals | undefined
  #idle: NodeJS.Timeout | undefined
  #lastId = 0
  #closed = false

  /** `onDamage` is called before a question fails because the file is no sound database. */
  constructor(path: string, onDamage: () => void) {
    this.#path = path
    this.#onDamage = onDamage
  }

  async search(query: PackageQuery, signals: SearchSignals, signal: AbortSignal): Promise<FoundPackages> {
    signal.throwIfAborted()
    if (this.#closed) throw storeClosed()
    if (this.#waiting.size >= LIMITS.waitingSearches) throw new GgenError('too-busy', `${LIMITS.waitingSearches} searches are waiting already`)
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<FoundPackages>()
    const onAbort = (): void => {
      this.#worker?.postMessage({ forget: id } satisfies SearchTask)
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
      if (this.#waiting.size === 0) this.#rest()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    const worker = this.#forget()
    this.#giveUp(storeClosed())
    await worker?.terminate()
  }

  #ask(task: { readonly id: number; readonly query: PackageQuery }, signals: SearchSignals): void {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= this.#start())
    worker.ref()
    worker.postMessage((signals === this.#told ? task : { ...task, signals }) satisfies SearchTask)
    this.#told = signals
  }

  #start(): Worker {
    const workerData: SearchedFile = { path: this.#path }
    const script = new URL(`./search-worker${EXTENSION}`, import.meta.url)
    const worker = new Worker(script, { resourceLimits: HEAP, execArgv: NODE_FLAGS, workerData })
    worker.on('message', (outcome: SearchOutcome) => this.#hear(outcome))
    worker.on('error', (error) => this.#lost(worker, error))
    worker.once('exit', () => this.#lost(worker, undefined))
    return worker
  }

  #hear(outcome: SearchOutcome): void {
    const waiting = this.#waiting.get(outcome.id)
    if ('answer' in outcome) return waiting?.resolve(outcome.answer)
    const { code, message, hint, details } = outcome.error
    if (details['malformed'] === true) this.#onDamage()
    waiting?.reject(new GgenError(code, message, { hint, details }))
  }

  /** It keeps no process alive while nothing is asked of it. */
  #rest(): void {
    this.#worker?.unref()
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#forget()?.terminate(), IDLE_MS).unref()
  }

  #forget(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    this.#told = undefined
    return worker
  }

  /** One that was let go has nothing to do with what the next one does. */
  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return
    this.#forget()
    this.#giveUp(new GgenError('store-broken', 'the search thread ended', { cause, hint: 'ask again: it starts anew' }))
  }

  #giveUp(error: GgenError): void {
    for (const { reject } of this.#waiting.values()) reject(error)
  }
}
