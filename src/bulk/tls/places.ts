import type { EventEmitter } from 'node:events'

/** So many at once for each key; a place is free again when its holder closes. */
export class Places {
  readonly #most: number
  readonly #taken = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a place until `holder` emits `close`; false when there is none left. */
  take(key: string, holder: EventEmitter): boolean {
    const taken = this.#taken.get(key) ?? 0
    if (taken >= this.#most) return false
    this.#taken.set(key, taken + 1)
    holder.once('close', () => {
      const left = (this.#taken.get(key) ?? 1) - 1
      if (left === 0) this.#taken.delete(key)
      else this.#taken.set(key, left)
    })
    return true
  }
}
