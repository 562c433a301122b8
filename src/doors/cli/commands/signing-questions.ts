import { isGgenError } from '#core'
import type { Confirm } from '#doors/agent'
import type { Ask } from './world.ts'

export interface QuestionParts {
  readonly ask: Ask
  readonly say: (line: string) => void
  /** Called once the input has ended. */
  readonly onGone: () => void
}

/**
 * Asks a person before each signature. Between two questions it reads what is typed and drops it: nothing that was typed before a question answers it, and
 * whoever ends the input is not asked any more.
 */
export class SigningQuestions implements AsyncDisposable {
  readonly #parts: QuestionParts
  #idle = new AbortController()
  #reading: Promise<void>

  constructor(parts: QuestionParts) {
    this.#parts = parts
    this.#reading = this.#drop()
  }

  readonly confirm: Confirm = async (purpose, signal) => {
    await this.#pause()
    try {
      const answer = await this.#parts.ask.visible(`${purpose}? [y/N] `, signal)
      return /^y(?:es)?$/i.test(answer.trim())
    } catch (error) {
      if (signal.aborted) this.#parts.say('the answer is not waited for any more')
      throw error
    } finally {
      this.#idle = new AbortController()
      this.#reading = this.#drop()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pause()
  }

  async #pause(): Promise<void> {
    this.#idle.abort()
    await this.#reading
  }

  async #drop(): Promise<void> {
    const { signal } = this.#idle
    try {
      for (;;) await this.#parts.ask.visible('', signal)
    } catch (error) {
      if (signal.aborted) return
      if (!isGgenError(error)) throw error
      this.#parts.onGone()
    }
  }
}
