import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Fingerprint, parseDigest, type Sha512 } from '#core'

/** What the thread is asked; questions are answered in their order. */
export type HashQuestion = { readonly id: number; readonly path: string } & (
  | { readonly verb: 'hash'; readonly end: number }
  | { readonly verb: 'finish' | 'drop' }
)

/** One answer to each question. */
export type HashAnswer =
  | { readonly id: number; readonly error?: undefined; readonly sha256?: string; readonly sha512?: string }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string } }

/** One file that is hashed from its first byte on. */
export interface HashJob {
  /** Reads and hashes on, up to this byte, which has to be in the file. Throws what reading threw. */
  hash(end: number): Promise<void>
  /** Both hashes of all that was hashed. Ends the job. */
  finish(sizeBytes: number): Promise<Fingerprint>
  /** Ends the job. */
  drop(): Promise<void>
}

/** Long enough that the next archive of an install finds it, short enough that an idle node gets its memory back. */
const IDLE_MS = 10_000
/** A start takes as long as hashing this much here: less is hashed here, unless the thread is there already. */
const STARTS_FOR_BYTES = 16 * 1024 * 1024
/** So much is worth handing over to a thread that is there. */
const WORTH_BYTES = 2 * 1024 * 1024
/** Something of this size is seldom alone: the thread is made ready for the next one. */
const READY_FOR_BYTES = 4 * 1024 * 1024
const HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 }

/**
 * A thread that hashes large files while the main thread decrypts and writes them: two hashes cost as much as receiving the bytes. It starts
 * with its first job and ends when there was none for a while. Disposing ends it at once; what it was asked then fails.
 */
export class HashThread implements AsyncDisposable {
  readonly #waiting: { readonly resolve: (answer: HashAnswer) => void; readonly reject: (error: Error) => void }[] = []
  readonly #jobs = new Set<number>()
  #worker: Worker | undefined
  #isReady = false
  #idle: NodeJS.Timeout | undefined
  #lastId = 0

  /** Begins a job on a file of so many bytes if that is quicker than hashing them here. */
  beginFor(path: string, sizeBytes: number): HashJob | undefined {
    if (sizeBytes >= STARTS_FOR_BYTES || (this.#isReady && sizeBytes >= WORTH_BYTES)) return this.begin(path)
    if (sizeBytes >= READY_FOR_BYTES && this.#worker === undefined) {
      this.#worker = this.#start()
      this.#rest()
    }
    return undefined
  }

  /** Begins a job on a file, which is opened by its first question. */
  begin(path: string): HashJob {
    const id = ++this.#lastId
    return {
      hash: async (end) => void (await this.#ask({ id, path, verb: 'hash', end })),
      finish: async (sizeBytes) => {
        const { sha256 = '', sha512 = '' } = await this.#ask({ id, path, verb: 'finish' })
        return { digest: parseDigest(`sha256:${sha256}`), sha512: sha512 as Sha512, sizeBytes }
      },
      drop: async () => {
        if (this.#jobs.has(id)) await this.#ask({ id, path, verb: 'drop' })
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#forget()
    this.#giveUp(new Error('the hashing thread was ended'))
    await worker?.terminate()
  }

  async #ask(question: HashQuestion): Promise<Extract<HashAnswer, { readonly error?: undefined }>> {
    clearTimeout(this.#idle)
    this.#jobs.add(question.id)
    const worker = (this.#worker ??= this.#start())
    const { promise, resolve, reject } = Promise.withResolvers<HashAnswer>()
    this.#waiting.push({ resolve, reject })
    worker.ref()
    worker.postMessage(question)
    const answer = await promise
    if (question.verb !== 'hash' || answer.error !== undefined) this.#jobs.delete(question.id)
    if (this.#waiting.length === 0) this.#rest()
    if (answer.error !== undefined) throw Object.assign(new Error(answer.error.message), { code: answer.error.code })
    return answer
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./hash-worker${extname(import.meta.filename)}`, import.meta.url), { resourceLimits: HEAP })
    worker.on('message', (answer: HashAnswer) => this.#waiting.shift()?.resolve(answer))
    worker.on('error', (error) => this.#lost(worker, error instanceof Error ? error : new Error(String(error))))
    worker.once('online', () => (this.#isReady = this.#worker === worker))
    worker.once('exit', () => this.#lost(worker, new Error('the hashing thread ended')))
    return worker
  }

  /** It keeps no process alive while nothing is asked of it. */
  #rest(): void {
    this.#worker?.unref()
    if (this.#jobs.size > 0) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#forget()?.terminate(), IDLE_MS).unref()
  }

  #forget(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    this.#isReady = false
    return worker
  }

  /** One that was let go has nothing to do with what the next one does. */
  #lost(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#forget()
    this.#giveUp(error)
  }

  #giveUp(error: Error): void {
    this.#jobs.clear()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
