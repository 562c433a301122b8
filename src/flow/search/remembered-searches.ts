import { type Clock, LIMITS } from '#core'
import type { ParsedQuery } from './parse-query.ts'
import { type PeerAnswers, questionOf } from './search-peers.ts'

/**
 * The questions that peers answered lately. Their answers are in the catalogue, so asking again soon would bring nothing but traffic. Answers that
 * are not complete are not remembered: the next question may bring the rest.
 */
export class RememberedSearches {
  readonly #clock: Clock
  /** Until when each question need not be asked, by the monotonic clock, oldest first. */
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Asks unless this is remembered; undefined: nobody was asked. */
  async ask(query: ParsedQuery, work: () => Promise<PeerAnswers>): Promise<PeerAnswers | undefined> {
    const key = Buffer.from(questionOf(query)).toString('base64')
    if ((this.#until.get(key) ?? 0) > this.#clock.monotonic()) return undefined
    const answers = await work()
    this.#until.delete(key)
    if (answers.answered > 0 && answers.answered === answers.asked) this.#remember(key)
    return answers
  }

  #remember(key: string): void {
    this.#until.set(key, this.#clock.monotonic() + LIMITS.rememberedSearchMs)
    const [oldest] = this.#until.keys()
    if (this.#until.size > LIMITS.rememberedSearches && oldest !== undefined) this.#until.delete(oldest)
  }
}
