/** Somebody who takes a place. */
export interface Visitor {
  /** Being served: stays whatever comes. */
  readonly isBusy: boolean
  /** Asks it to go, at once. */
  leave(): void
}

/** At most so many visitors who have the same key. */
export interface Bound<V> {
  readonly most: number
  readonly keyOf: (visitor: V) => string
}

/**
 * Places under several bounds at once. When they are taken, the one who has been idle longest goes and the new one stays: idle connections
 * keep nobody out, however many there are. Linear in the places, which are few.
 */
export class Places<V extends Visitor> {
  readonly #bounds: readonly Bound<V>[]
  /** Longest idle first. */
  readonly #visitors = new Set<V>()

  constructor(bounds: readonly Bound<V>[]) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#visitors.size
  }

  /** False when there is no place and everybody is busy. */
  enter(visitor: V): boolean {
    for (const { most, keyOf } of this.#bounds) {
      const key = keyOf(visitor)
      const same = [...this.#visitors].filter((other) => keyOf(other) === key)
      if (same.length < most) continue
      const idle = same.find(({ isBusy }) => !isBusy)
      if (idle === undefined) return false
      this.#visitors.delete(idle)
      idle.leave()
    }
    this.#visitors.add(visitor)
    return true
  }

  /** It has just been served, and is idle from now on. */
  served(visitor: V): void {
    if (this.#visitors.delete(visitor)) this.#visitors.add(visitor)
  }

  /** It is gone, or needs no place here any more. */
  left(visitor: V): void {
    this.#visitors.delete(visitor)
  }
}
