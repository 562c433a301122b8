import { frameInvalid } from './fields.ts'

/** Where a range of ops ends: before everything with this `at` whose hash begins with these bytes. `at` is a whole number or `Infinity`. */
export interface FrameBound {
  readonly at: number
  readonly hash: Uint8Array
}

/** What one side says of the ops between the bound before and `to`: nothing new, a fingerprint of its own, or all the hashes it has there. */
export type FrameRange = { readonly to: FrameBound } & (
  | { readonly says: 'skip' }
  | { readonly says: 'fingerprint'; readonly fingerprint: Uint8Array }
  | { readonly says: 'hashes'; readonly hashes: readonly Uint8Array[] }
)

/** The first byte of every frame: Negentropy, version 1. */
const VERSION = 0x61
export const HASH_BYTES = 32
export const FINGERPRINT_BYTES = 16
const AT_END = 2 ** 40
const VARINT_BYTES = 8
const MODES = ['skip', 'fingerprint', 'hashes'] as const

/** A number in base 128, the most significant digit first; every byte but the last has its high bit set. */
export const encodeVarint = (value: number): Uint8Array => {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 128)
  return Uint8Array.from(digits)
}

/** Spells a frame range by range; what is skipped at its end is left out. */
export class FrameWriter {
  readonly #parts: Uint8Array[] = [Uint8Array.of(VERSION)]
  #bytes = 1
  #lastAt = 0
  #skipped: FrameBound | undefined

  /** Bytes so far, without skips that are still open. */
  get size(): number {
    return this.#bytes
  }

  /** Whether it says anything but that nothing is new. */
  get saysSomething(): boolean {
    return this.#bytes > 1
  }

  add(range: FrameRange): void {
    if (range.says === 'skip') {
      this.#skipped = range.to
      return
    }
    if (this.#skipped !== undefined) {
      this.#bound(this.#skipped)
      this.#put(Uint8Array.of(0))
      this.#skipped = undefined
    }
    this.#bound(range.to)
    if (range.says === 'fingerprint') this.#put(Uint8Array.of(1), range.fingerprint)
    else this.#put(Uint8Array.of(2), encodeVarint(range.hashes.length), ...range.hashes)
  }

  bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts, this.#bytes))
  }

  /** Times are spelled as the distance from the one before, plus one; zero is the end of time. */
  #bound({ at, hash }: FrameBound): void {
    this.#put(encodeVarint(at === Infinity ? 0 : at - this.#lastAt + 1), encodeVarint(hash.length), hash)
    this.#lastAt = at
  }

  #put(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#parts.push(part)
      this.#bytes += part.length
    }
  }
}

/** Reads a frame; `undefined` when it is of another version. Throws `frame-invalid` for everything that is not one in ascending order. */
export const decodeFrame = (bytes: Uint8Array): readonly FrameRange[] | undefined => {
  const reader = new FrameReader(bytes)
  if (reader.byte() !== VERSION) return undefined
  const ranges: FrameRange[] = []
  let before: FrameBound = { at: 0, hash: new Uint8Array() }
  while (!reader.isAtEnd) {
    const range = reader.range(before.at)
    if (range.to.at < before.at || (range.to.at === before.at && Buffer.compare(range.to.hash, before.hash) < 0)) throw frameInvalid('ranges out of order')
    ranges.push(range)
    before = range.to
  }
  return ranges
}

/** What a node answers to a frame of a version that it does not speak: the version that it does. */
export const ownVersion = (): Uint8Array => Uint8Array.of(VERSION)

class FrameReader {
  readonly #bytes: Uint8Array
  #place = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#place === this.#bytes.length
  }

  byte(): number {
    const byte = this.#bytes[this.#place]
    if (byte === undefined) throw frameInvalid('a frame that ends too early')
    this.#place += 1
    return byte
  }

  range(lastAt: number): FrameRange {
    const to = this.#bound(lastAt)
    const mode = MODES[this.#varint()]
    switch (mode) {
      case 'skip':
        return { to, says: mode }
      case 'fingerprint':
        return { to, says: mode, fingerprint: this.#take(FINGERPRINT_BYTES) }
      case 'hashes':
        return { to, says: mode, hashes: this.#hashes() }
      default:
        throw frameInvalid('a range that says what is not known')
    }
  }

  #hashes(): readonly Uint8Array[] {
    const count = this.#varint()
    if (count * HASH_BYTES > this.#bytes.length - this.#place) throw frameInvalid('fewer hashes than were promised')
    return Array.from({ length: count }, () => this.#take(HASH_BYTES))
  }

  #bound(lastAt: number): FrameBound {
    const distance = this.#varint()
    const at = distance === 0 || lastAt === Infinity ? Infinity : lastAt + distance - 1
    if (at !== Infinity && at >= AT_END) throw frameInvalid('a time that no op can have')
    const length = this.#varint()
    if (length > HASH_BYTES) throw frameInvalid('a bound longer than a hash')
    return { at, hash: this.#take(length) }
  }

  #varint(): number {
    let value = 0
    for (let count = 0; count < VARINT_BYTES; count += 1) {
      const byte = this.byte()
      value = value * 128 + (byte & 127)
      if (value > Number.MAX_SAFE_INTEGER) break
      if (byte < 128) return value
    }
    throw frameInvalid('a number that is too large')
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#place) throw frameInvalid('a frame that ends too early')
    this.#place += length
    return this.#bytes.slice(this.#place - length, this.#place)
  }
}
