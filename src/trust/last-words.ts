import { type Version, versionSlot } from '#core'
import { compareOps } from './compare-ops.ts'
import type { StatusFacts } from './feed-facts.ts'

/** What a status is about: one slot, or all of them. */
export type Subject = Version | '*'

export const subjectOf = ({ body: { version } }: StatusFacts): Subject => (version === '*' ? '*' : versionSlot(version))

/** The last word per slot, where a status about `*` speaks about every slot. */
export class LastWords<S extends StatusFacts> {
  readonly #words = new Map<Subject, S[]>()
  /** The last of them, where it need not be looked for. */
  readonly #last = new Map<Subject, S>()

  add(word: S): void {
    const subject = subjectOf(word)
    const [words, last] = [this.#words.get(subject), this.#last.get(subject)]
    if (words === undefined) this.#words.set(subject, [word])
    else words.push(word)
    if (words === undefined || (last !== undefined && compareOps(word, last) > 0)) this.#last.set(subject, word)
  }

  delete(word: S): void {
    const subject = subjectOf(word)
    const words = this.#words.get(subject) ?? []
    words.splice(words.indexOf(word), 1)
    this.#last.delete(subject)
    if (words.length === 0) this.#words.delete(subject)
  }

  on(slot: Version): S | undefined {
    const [special, general] = [this.#lastOn(slot), this.#lastOn('*')]
    if (special === undefined || general === undefined) return special ?? general
    return compareOps(special, general) > 0 ? special : general
  }

  #lastOn(subject: Subject): S | undefined {
    const known = this.#last.get(subject)
    const words = known === undefined ? this.#words.get(subject) : undefined
    if (words === undefined) return known
    const last = words.reduce((latest, word) => (compareOps(word, latest) > 0 ? word : latest))
    this.#last.set(subject, last)
    return last
  }
}
