/** Four bytes of varint say 256 MiB: more than anything that is sent. */
const PREFIX_BYTES_MAX = 4
/** The library refuses longer negotiation lines itself, but only after it has them. */
const LINE_BYTES_MAX = 1024

/** What may be agreed on, and what of it does not speak in length-prefixed messages afterwards. */
export interface WatchedProtocols {
  readonly agreed: ReadonlySet<string>
  readonly raw: ReadonlySet<string>
}

/**
 * Follows the length-prefixed messages of one direction of a stream, from the negotiation of its protocol on, without keeping them.
 * The library decodes a prefix anew, and throws an error inside, for every byte that says "more follows": a peer that sends nothing but such
 * bytes keeps a processor busy with a trickle of 100 KB per second, before it has even said who it is.
 */
export class PrefixWatch {
  readonly #protocols: WatchedProtocols
  #isNegotiating = true
  #isRaw = false
  #prefixBytes = 0
  #length = 0
  /** Bytes of the present message that are still to come; `undefined` within a prefix. */
  #missing: number | undefined
  #line = ''

  constructor(protocols: WatchedProtocols) {
    this.#protocols = protocols
  }

  /** True when nothing more needs to be watched: the rest of the stream has no prefixes. */
  get isOver(): boolean {
    return this.#isRaw
  }

  /** Takes the next bytes; false when they contain a prefix that no honest peer sends. */
  accepts(chunk: Uint8Array): boolean {
    let offset = 0
    while (offset < chunk.length && !this.#isRaw) {
      if (this.#missing === undefined) {
        if (!this.#acceptsPrefix(chunk[offset++] ?? 0)) return false
      } else {
        offset += this.#skip(chunk.subarray(offset, offset + this.#missing))
      }
    }
    return true
  }

  #acceptsPrefix(byte: number): boolean {
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#prefixBytes++)
    if (byte >= 0x80) return this.#prefixBytes < PREFIX_BYTES_MAX
    const length = this.#length
    this.#prefixBytes = 0
    this.#length = 0
    this.#missing = length === 0 ? undefined : length
    return !this.#isNegotiating || length <= LINE_BYTES_MAX
  }

  #skip(part: Uint8Array): number {
    if (this.#isNegotiating) this.#line += String.fromCharCode(...part)
    this.#missing = (this.#missing ?? 0) - part.length
    if (this.#missing === 0) this.#finish()
    return part.length
  }

  #finish(): void {
    const protocol = this.#line.trimEnd()
    this.#line = ''
    this.#missing = undefined
    if (!this.#isNegotiating || !this.#protocols.agreed.has(protocol)) return
    this.#isNegotiating = false
    this.#isRaw = this.#protocols.raw.has(protocol)
  }
}
