import { type Fingerprint, parseDigest, type Sha512 } from '#core'
import { IdleWorker } from './idle-worker.ts'

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
  readonly #thread = new IdleWorker<HashAnswer>({
    script: new URL('./hash-worker', import.meta.url), heap: HEAP, idleMs: IDLE_MS,
    onAnswer: (answer) => this.#waiting.shift()?.resolve(answer),
    onLost: (cause) => this.#giveUp(new Error('the hashing thread ended', { cause })),
  })
  #lastId = 0

  /** Begins a job on a file of so many bytes if that is quicker than hashing them here. */
  beginFor(path: string, sizeBytes: number): HashJob | undefined {
    if (sizeBytes >= STARTS_FOR_BYTES || (this.#thread.isReady && sizeBytes >= WORTH_BYTES)) return this.begin(path)
    if (sizeBytes >= READY_FOR_BYTES && !this.#thread.isRunning) this.#thread.prepare()
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
    this.#giveUp(new Error('the hashing thread was ended'))
    await this.#thread[Symbol.asyncDispose]()
  }

  async #ask(question: HashQuestion): Promise<Extract<HashAnswer, { readonly error?: undefined }>> {
    this.#jobs.add(question.id)
    const { promise, resolve, reject } = Promise.withResolvers<HashAnswer>()
    this.#waiting.push({ resolve, reject })
    this.#thread.post(question)
    const answer = await promise
    if (question.verb !== 'hash' || answer.error !== undefined) this.#jobs.delete(question.id)
    if (this.#waiting.length === 0) this.#rest()
    if (answer.error !== undefined) throw Object.assign(new Error(answer.error.message), { code: answer.error.code })
    return answer
  }

  #rest(): void {
    if (this.#jobs.size > 0) this.#thread.release()
    else this.#thread.rest()
  }

  #giveUp(error: Error): void {
    this.#jobs.clear()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
