import type { RendezvousEntry } from './rendezvous-message.ts'

/**
 * Puts together what several peers answered so that each has the same weight: one that names many cannot push out the only one that another
 * knows. The same peer at the same addresses comes once; at other addresses it comes again, because whoever named it first may have lied about them.
 */
export class FairUnion {
  readonly #seen = new Set<string>()
  readonly #answers: RendezvousEntry[][] = []

  /** The first of an answer that nobody named before; the others wait for their turn in `rest`. */
  first(answer: readonly RendezvousEntry[]): RendezvousEntry | undefined {
    const waiting = [...answer]
    this.#answers.push(waiting)
    return this.#next(waiting)
  }

  /** Everybody else, one of each answer in turn. */
  *rest(): Generator<RendezvousEntry> {
    while (this.#answers.some((waiting) => waiting.length > 0)) {
      for (const waiting of this.#answers) {
        const next = this.#next(waiting)
        if (next !== undefined) yield next
      }
    }
  }

  #next(waiting: RendezvousEntry[]): RendezvousEntry | undefined {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const text = [entry.peer, ...[...entry.addresses].sort()].join(' ')
      if (this.#seen.has(text)) continue
      this.#seen.add(text)
      return entry
    }
    return undefined
  }
}
