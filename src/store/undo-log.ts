import assert from 'node:assert/strict'

/** Transactions for things in memory: whatever changes says how to take it back, and a failed transaction does so. */
export class UndoLog {
  readonly #steps: (() => void)[] = []
  #depth = 0
  #takenBack = 0

  /** How many transactions failed. */
  get takenBack(): number {
    return this.#takenBack
  }

  /** Remembers how to take back a change that was just made. */
  record(undo: () => void): void {
    if (this.#depth > 0) this.#steps.push(undo)
  }

  /** Runs `work`; when it throws, everything recorded since is taken back, newest first. A transaction inside joins the outer one. */
  transact<T>(work: () => T): T {
    const start = this.#steps.length
    this.#depth += 1
    try {
      const result = work()
      assert(!(result instanceof Promise), 'a transaction is synchronous')
      return result
    } catch (error) {
      this.#takenBack += 1
      for (const undo of this.#steps.splice(start).reverse()) undo()
      throw error
    } finally {
      this.#depth -= 1
      if (this.#depth === 0) this.#steps.length = 0
    }
  }
}

/** Sets a key of a map, or removes it when `value` is `undefined`, and records how to take that back. The map's own order is not kept. */
export const setIn = <K, V>(log: UndoLog, map: Map<K, V>, change: { readonly key: K; readonly value: V | undefined }): void => {
  const { key, value } = change
  const before = map.get(key)
  log.record(() => (before === undefined ? map.delete(key) : map.set(key, before)))
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
