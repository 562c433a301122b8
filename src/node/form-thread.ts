import { GgenError } from '#core'
import { type FormJob, type MadeForm } from '#npm'
import { IdleWorker } from '#store/disk'

/** What the thread says of a job: what came of it, or what is wrong with the document. */
export type FormAnswer = { readonly made: MadeForm; readonly fault?: undefined } | { readonly fault: string }

/** Long enough for the next package of an install, short enough that an idle node gets its memory back. */
const IDLE_MS = 5000
/** The largest documents of the public registry take some 300 MB while they are read. */
const HEAP = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 }

/** A thread that reads and compresses documents: that takes up to a second for one, and nobody else should wait for it. Disposing ends it at once. */
export class FormThread implements AsyncDisposable {
  readonly #waiting: { readonly resolve: (answer: FormAnswer) => void; readonly reject: (error: Error) => void }[] = []
  readonly #thread = new IdleWorker<FormAnswer>({
    script: new URL('./form-worker', import.meta.url), heap: HEAP, idleMs: IDLE_MS,
    onAnswer: (answer) => this.#waiting.shift()?.resolve(answer),
    onLost: (cause) => this.#giveUp(new GgenError('internal', 'the thread that reads documents ended', { cause })),
  })

  /** Makes a document ready. Throws `registry-failed` for what is no document of its package. */
  readonly makeForm = async (job: FormJob): Promise<MadeForm> => {
    const { promise, resolve, reject } = Promise.withResolvers<FormAnswer>()
    this.#waiting.push({ resolve, reject })
    this.#thread.post(job)
    try {
      const answer = await promise
      if (answer.fault !== undefined) throw new GgenError('registry-failed', answer.fault)
      return answer.made
    } finally {
      if (this.#waiting.length === 0) this.#thread.rest()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp(new GgenError('cancelled', 'this node is shutting down'))
    await this.#thread[Symbol.asyncDispose]()
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
