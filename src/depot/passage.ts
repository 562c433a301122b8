import { GgenError, NPM_LIMITS } from '#core'

/**
 * Bytes that are handed on while they come. The chunk that came last is held back until all of them were found right, so that nobody ever has the whole of
 * something wrong. Readers may come and go; whoever comes while the first bytes are still here gets everything.
 */
export class Passage {
  readonly #chunks: Uint8Array[] = []
  /** Of the first one that is still held. */
  #first = 0
  #sizeBytes = 0
  #heldBytes = 0
  #state: 'coming' | 'right' | GgenError = 'coming'
  readonly #readers = new Set<{ at: number }>()
  #changed = Promise.withResolvers<void>()

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Whether whoever comes now would still get the first byte. */
  get isWhole(): boolean {
    return this.#first === 0
  }

  /** Takes the next bytes; resolves when there is room for more. */
  async push(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#chunks.push(chunk)
    this.#sizeBytes += chunk.length
    this.#heldBytes += chunk.length
    this.#wake()
    while (this.#heldBytes > NPM_LIMITS.passingBytes && this.#state === 'coming') {
      this.#letGo()
      if (this.#heldBytes <= NPM_LIMITS.passingBytes) return
      if (this.#readers.size === 0) return
      await this.#change(signal)
    }
  }

  /** All of it came, and it is right. */
  end(): void {
    if (this.#state === 'coming') this.#state = 'right'
    this.#wake()
  }

  /** What was held back never comes. */
  fail(error: GgenError): void {
    if (this.#state === 'coming') this.#state = error
    this.#wake()
  }

  /** Resolves when there is something to send, or it is known that there never is: then it throws why. */
  async begun(signal: AbortSignal): Promise<void> {
    while (this.#state === 'coming' && this.#first + this.#chunks.length < 2) await this.#change(signal)
    if (this.#state instanceof GgenError) throw this.#state
  }

  /** The bytes from the first one on. Throws why they are not right in the place of those that were held back. */
  async *read(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (!this.isWhole) throw new GgenError('internal', 'the first bytes have passed')
    const reader = { at: 0 }
    this.#readers.add(reader)
    try {
      for (;;) {
        const known = this.#first + this.#chunks.length
        const chunk = reader.at < known - 1 || this.#state === 'right' ? this.#chunks[reader.at - this.#first] : undefined
        if (chunk !== undefined) {
          reader.at += 1
          this.#wake()
          yield chunk
          continue
        }
        if (this.#state === 'right') return
        if (this.#state !== 'coming') throw this.#state
        await this.#change(signal)
      }
    } finally {
      this.#readers.delete(reader)
      this.#wake()
    }
  }

  /** Lets go what every reader has, apart from the chunk that is held back. */
  #letGo(): void {
    const last = this.#first + this.#chunks.length - 1
    const until = Math.min(last, ...[...this.#readers].map(({ at }) => at))
    while (this.#first < until) {
      this.#heldBytes -= this.#chunks.shift()?.length ?? 0
      this.#first += 1
    }
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }

  async #change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([this.#changed.promise, promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
