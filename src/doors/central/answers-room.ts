import type { ServerResponse } from 'node:http'
import { CENTRAL_LIMITS, GgenError } from '#core'

/** Room for answers that were made for one asker each: they stay in memory until he has taken them, and many may ask and take nothing. */
export class AnswersRoom {
  #left: number

  constructor(bytes: number = CENTRAL_LIMITS.answersBytes) {
    this.#left = bytes
  }

  /** Bytes that an answer will hold until its connection has taken them or closes. Throws `too-busy`. */
  take(answer: ServerResponse, bytes: number): void {
    if (bytes > this.#left) throw new GgenError('too-busy', 'too many large answers are under way')
    this.#left -= bytes
    answer.once('close', () => (this.#left += bytes))
  }
}
