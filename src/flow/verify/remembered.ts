/** What was used last, as long as all of it together weighs no more than `most`. What weighs more alone is not remembered. */
export class Remembered<K, V> {
  readonly #most: number
  readonly #kept = new Map<K, { readonly value: V; bytes: number }>()
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  get(key: K): V | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found.value
  }

  keys(): Iterable<K> {
    return this.#kept.keys()
  }

  set(key: K, value: V, bytes: number): void {
    this.delete(key)
    this.#kept.set(key, { value, bytes })
    this.#bytes += bytes
    this.#trim(key)
  }

  /** What is remembered under this key became heavier. */
  grow(key: K, bytes: number): void {
    const found = this.#kept.get(key)
    if (found === undefined) return
    found.bytes += bytes
    this.#bytes += bytes
    this.#trim(key)
  }

  delete(key: K): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }

  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }

  #trim(key: K): void {
    if ((this.#kept.get(key)?.bytes ?? 0) > this.#most) this.delete(key)
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) return
      this.delete(oldest)
    }
  }
}
