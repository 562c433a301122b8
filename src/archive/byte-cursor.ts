const NOTHING = new Uint8Array(0)

/** Whether there is nothing but zeros. */
export const isAllZero = (bytes: Uint8Array): boolean => {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== 0) return false
  return true
}

/** The reading end of a stream of bytes: pull by chunk or by count, and put back what was too much. */
export class ByteCursor implements AsyncDisposable {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal | undefined
  #unread: Uint8Array[] = []
  #ended = false

  constructor(source: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#source = source[Symbol.asyncIterator]()
    this.#signal = signal
  }

  /** The next bytes in whatever size they come, never empty; `undefined` at the end. Throws what the source throws, and the signal's reason. */
  async chunk(): Promise<Uint8Array | undefined> {
    this.#signal?.throwIfAborted()
    const unread = this.#unread.pop()
    if (unread !== undefined) return unread
    while (!this.#ended) {
      const next: IteratorResult<Uint8Array, unknown> = await this.#source.next()
      if (next.done === true) this.#ended = true
      else if (next.value.length > 0) return next.value
    }
    return undefined
  }

  /** Puts bytes back in front of what comes next. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread.push(bytes)
  }

  /** The next bytes, at most `count` and at least one; `undefined` at the end. */
  async upTo(count: number): Promise<Uint8Array | undefined> {
    const chunk = await this.chunk()
    if (chunk === undefined || chunk.length <= count) return chunk
    this.unread(chunk.subarray(count))
    return chunk.subarray(0, count)
  }

  /** Exactly `count` bytes; fewer only where the stream ends. */
  async take(count: number): Promise<Uint8Array> {
    const first = (await this.upTo(count)) ?? NOTHING
    if (first.length === count) return first
    const parts = [first]
    let length = first.length
    while (length < count) {
      const part = await this.upTo(count - length)
      if (part === undefined) break
      parts.push(part)
      length += part.length
    }
    return Buffer.concat(parts, length)
  }

  /** Tells the source that nothing more is wanted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unread = []
    if (this.#ended) return
    this.#ended = true
    await this.#source.return?.()
  }
}
