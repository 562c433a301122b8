/** Bytes that are ready to be sent, under a limit: those used longest ago go first. */
export class ReadyBytes<T extends { readonly bytes: Uint8Array }> {
  readonly #held = new Map<string, T>()
  readonly #most: number
  #bytes = 0

  constructor(mostBytes: number) {
    this.#most = mostBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): T | undefined {
    const found = this.#held.get(key)
    if (found === undefined) return undefined
    this.#held.delete(key)
    this.#held.set(key, found)
    return found
  }

  put(key: string, one: T): void {
    this.drop(key)
    this.#held.set(key, one)
    this.#bytes += one.bytes.length
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#most) return
      this.drop(oldest)
    }
  }

  drop(key: string): void {
    this.#bytes -= this.#held.get(key)?.bytes.length ?? 0
    this.#held.delete(key)
  }
}
