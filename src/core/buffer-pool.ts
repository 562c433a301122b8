/** Memory of one size that is used again: for bytes that pass through, fresh memory for each lot costs more than putting them into it. */
export class BufferPool {
  readonly #lotBytes: number
  readonly #most: number
  readonly #free: ArrayBuffer[] = []

  /** Lots of `lotBytes`; at most `most` of them wait to be used again. */
  constructor(lotBytes: number, most: number) {
    this.#lotBytes = lotBytes
    this.#most = most
  }

  /** Memory with whatever it held before; of another size than a lot: fresh. */
  take(bytes: number): Uint8Array {
    const free = bytes === this.#lotBytes ? this.#free.pop() : undefined
    return new Uint8Array(free ?? Buffer.allocUnsafeSlow(bytes).buffer)
  }

  /** A lot that nobody looks at any more; parts of one, and what is too much, is left to the garbage collector. */
  give({ buffer, byteLength }: Uint8Array): void {
    const isWhole = byteLength === this.#lotBytes && buffer.byteLength === this.#lotBytes
    if (isWhole && buffer instanceof ArrayBuffer && this.#free.length < this.#most) this.#free.push(buffer)
  }
}
