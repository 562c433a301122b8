import { MemoryDatastore } from 'datastore-core'

/** A key of the library's datastore. */
export type StoreKey = Parameters<MemoryDatastore['put']>[0]

/** What bounds a store, and which keys must stay whatever happens. */
export interface StoreBounds {
  readonly entries: number
  readonly isKept?: (key: string) => boolean
}

/** The library's in-memory datastore with an end: above `entries`, what was written longest ago goes first. */
export class BoundedDatastore extends MemoryDatastore {
  readonly #bounds: StoreBounds
  /** In the order of the last write. */
  readonly #keys = new Map<string, StoreKey>()

  constructor(bounds: StoreBounds) {
    super()
    this.#bounds = bounds
  }

  get size(): number {
    return this.#keys.size
  }

  override put(...[key, value, options]: Parameters<MemoryDatastore['put']>): ReturnType<MemoryDatastore['put']> {
    const text = key.toString()
    this.#keys.delete(text)
    this.#keys.set(text, key)
    if (this.#keys.size > this.#bounds.entries) this.#evict(text)
    return super.put(key, value, options)
  }

  override delete(...[key, options]: Parameters<MemoryDatastore['delete']>): ReturnType<MemoryDatastore['delete']> {
    this.#keys.delete(key.toString())
    return super.delete(key, options)
  }

  #evict(newest: string): void {
    for (const [text, key] of this.#keys) {
      if (text === newest || this.#bounds.isKept?.(text) === true) continue
      void this.delete(key)
      return
    }
  }
}
