import type { Variable } from './universe.ts'

interface Entry {
  readonly variable: Variable
  readonly rank: number
}

/** So often a package is in the way of others until it is chosen before them. */
const CONTESTED = 8

/**
 * Packages that are still to be chosen, the next one first: those that came into question first, and those that are often in the way before them. A binary
 * heap; entries that are no longer true stay until they are met.
 */
export class NeededPackages {
  readonly #heap: Entry[] = []
  readonly #conflicts = new Map<Variable, number>()

  add(variable: Variable): void {
    this.#heap.push({ variable, rank: this.#rank(variable) })
    let child = this.#heap.length - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!this.#isBefore(child, parent)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  /** Notes that a package was in the way of others. */
  noteConflict(variable: Variable): void {
    const before = this.#rank(variable)
    this.#conflicts.set(variable, (this.#conflicts.get(variable) ?? 0) + 1)
    if (this.#rank(variable) > before) this.add(variable)
  }

  /** The first of which it is still true that it is to be chosen. */
  first(isOpen: (variable: Variable) => boolean): Variable | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (isOpen(top.variable) && top.rank === this.#rank(top.variable)) return top.variable
      this.#removeFirst()
    }
    return undefined
  }

  /** Some that come soon. */
  soon(most: number): readonly Variable[] {
    return this.#heap.slice(0, most).map(({ variable }) => variable)
  }

  #rank(variable: Variable): number {
    return Math.floor((this.#conflicts.get(variable) ?? 0) / CONTESTED)
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1
      const child = left + 1 < this.#heap.length && this.#isBefore(left + 1, left) ? left + 1 : left
      if (child >= this.#heap.length || !this.#isBefore(child, parent)) return
      this.#swap(child, parent)
      parent = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#at(a), this.#at(b)]
    return other.rank < one.rank || (other.rank === one.rank && one.variable.order < other.variable.order)
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#at(a), this.#at(b)]
    this.#heap[a] = other
    this.#heap[b] = one
  }

  #at(index: number): Entry {
    return this.#heap[index] as Entry
  }
}
