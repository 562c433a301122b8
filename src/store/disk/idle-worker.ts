import { extname } from 'node:path'
import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads'

/** What a thread does, and how long it may do nothing. */
export interface IdleWorkerOptions<Answer> {
  /** Its script, without the extension: that is the one of the file which asks, source or built. */
  readonly script: URL
  readonly heap: ResourceLimits
  /** So long after its last job it ends. */
  readonly idleMs: number
  /** What it knows from the start. */
  readonly data?: unknown
  readonly onAnswer: (answer: Answer) => void
  /** It broke: what it was asked is not going to be answered. The next message starts another. */
  readonly onLost: (cause: Error) => void
}

/** A checkout runs from its sources, and a thread does not inherit the hooks of the launcher that find them. */
const EXTENSION = extname(import.meta.filename)
const NODE_FLAGS = EXTENSION === '.ts' ? ['--conditions=ggen-source'] : []

/** A thread that starts with its first job and ends when there was none for a while, so that an idle node gets its memory back. */
export class IdleWorker<Answer> implements AsyncDisposable {
  readonly #options: IdleWorkerOptions<Answer>
  #worker: Worker | undefined
  #isReady = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: IdleWorkerOptions<Answer>) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#worker !== undefined
  }

  /** Whether it would begin with a job at once. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Makes it ready for a job that is to be expected. */
  prepare(): void {
    this.#worker ??= this.#start()
    this.rest()
  }

  /** Gives it a job, and keeps the process alive until `release` or `rest`. What is transferred is gone here. */
  post(job: unknown, transferred: readonly Transferable[] = []): void {
    clearTimeout(this.#idle)
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage(job, [...transferred])
  }

  /** It has nothing to do now, but is not done: it keeps no process alive, and stays. */
  release(): void {
    this.#worker?.unref()
  }

  /** It is done with everything. */
  rest(): void {
    this.release()
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#forget()?.terminate(), this.#options.idleMs).unref()
  }

  /** Ends it at once; `onLost` is not called. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle)
    await this.#forget()?.terminate()
  }

  #start(): Worker {
    const { script, heap, data, onAnswer } = this.#options
    const worker = new Worker(new URL(`${script.href}${EXTENSION}`), { resourceLimits: heap, execArgv: NODE_FLAGS, workerData: data })
    worker.on('message', onAnswer)
    worker.on('error', (error) => this.#lost(worker, error instanceof Error ? error : new Error(String(error))))
    worker.once('online', () => (this.#isReady = this.#worker === worker))
    worker.once('exit', () => this.#lost(worker, new Error('the thread ended')))
    return worker
  }

  #forget(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    this.#isReady = false
    return worker
  }

  /** One that was let go has nothing to do with what the next one does. */
  #lost(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return
    clearTimeout(this.#idle)
    this.#forget()
    this.#options.onLost(cause)
  }
}
