/** Memory for bytes that arrive comes in lots of this size: large enough for hashing and writing, small enough that both begin early. */
export const LOT_BYTES = 256 * 1024

/** Lots that wait to be used again: what four transfers have on their way between the wire and the disk. */
const LOTS = 64

/** Lots that are used again: fresh memory for every quarter of a MiB costs more than putting bytes into it. */
export class LotPool {
  readonly #free: ArrayBuffer[] = []

  /** Memory with whatever it held before. */
  take(bytes: number): Uint8Array {
    const free = bytes === LOT_BYTES ? this.#free.pop() : undefined
    return new Uint8Array(free ?? Buffer.allocUnsafeSlow(bytes).buffer)
  }

  /** A lot that nobody looks at any more; parts of one, and what is too much, is left to the garbage collector. */
  give({ buffer, byteLength }: Uint8Array): void {
    if (byteLength === LOT_BYTES && buffer.byteLength === LOT_BYTES && buffer instanceof ArrayBuffer && this.#free.length < LOTS) this.#free.push(buffer)
  }
}
