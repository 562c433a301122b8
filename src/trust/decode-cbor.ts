import { isUtf8 } from 'node:buffer'
import { CID } from 'multiformats/cid'
import { Digest } from 'multiformats/hashes/digest'
import { knownKey } from './known-keys.ts'
import { check, refuse } from './op-fault.ts'

/** Deepest nesting of arrays, maps and links. Far below what any decoder's stack allows, so that all of them agree. */
const MAX_DEPTH = 16
const UINT = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAG = 6
const FALSE = 20
const TRUE = 21
const NULL = 22
const LINK_TAG = 42
/** Version 1, dag-cbor or raw, sha2-256 of 32 bytes: what stands before the hash in nearly every link. */
const USUAL_LINK = { bytes: 36, version: 1, codecs: [0x71, 0x55], hash: 0x12, hashBytes: 32, headBytes: 4 } as const
/** Shorter text is put together letter by letter sooner than Node gives it. */
const SHORT_TEXT = 24
const BYTE_ORDER_MARK = '\uFEFF'

const checkDepth = (length: number, depth: number): void => check(length === 0 || depth < MAX_DEPTH, 'cbor', 'the value is nested too deeply')

const linkOf = (bytes: Uint8Array): CID => {
  const [version, codec = 0, hash, size] = bytes
  const isUsual = bytes.length === USUAL_LINK.bytes && version === USUAL_LINK.version && hash === USUAL_LINK.hash && size === USUAL_LINK.hashBytes
  if (isUsual && USUAL_LINK.codecs.some((known) => known === codec)) {
    return new CID(1, codec, new Digest(hash, size, bytes.subarray(USUAL_LINK.headBytes), bytes.subarray(2)), bytes)
  }
  try {
    const link = CID.decode(bytes)
    if (Buffer.compare(link.bytes, bytes) === 0) return link
  } catch (error) {
    refuse('cbor', 'a link is not a CID', error)
  }
  return refuse('canonical', 'a link is not spelled as it must be')
}

/** Reads one item out of bytes, and takes no other spelling of it than the canonical one. All it throws is `op-invalid` (`cbor`, `canonical`). */
class CborReader {
  readonly #bytes: Uint8Array
  readonly #buffer: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** The one item that the bytes are. Recursion is safe: the nesting is bounded. */
  whole(): unknown {
    const value = this.#item(0)
    check(this.#offset === this.#bytes.length, 'cbor', 'there are bytes after the value')
    return value
  }

  /** `depth` counts what the item stands in. */
  #item(depth: number): unknown {
    const first = this.#bytes[this.#offset]
    check(first !== undefined, 'cbor', 'the bytes end before the value does')
    const major = first >> 5
    this.#offset += 1
    if (major > TAG) return this.#simple(first & 31)
    const argument = this.#argument(first & 31)
    switch (major) {
      case UINT: return argument
      case NEGATIVE: return this.#negative(argument)
      case BYTES: return this.#view(argument)
      case TEXT: return this.#text(argument)
      case ARRAY: return this.#array(argument, depth)
      case MAP: return this.#map(argument, depth)
      default: return this.#link(argument, depth)
    }
  }

  #simple(minor: number): boolean | null {
    check(minor >= FALSE && minor <= NULL, 'cbor', 'of numbers that are not whole and of simple values only true, false and null are allowed')
    return minor === NULL ? null : minor === TRUE
  }

  /** The number in a head, which must be in the shortest of its spellings. */
  #argument(minor: number): number {
    if (minor < 24) return minor
    check(minor <= 27, 'cbor', 'indefinite lengths and reserved heads are not allowed')
    const width = 1 << (minor - 24)
    const end = this.#offset + width
    check(end <= this.#bytes.length, 'cbor', 'the bytes end before the value does')
    let argument = 0
    for (; this.#offset < end; this.#offset += 1) argument = argument * 256 + (this.#bytes[this.#offset] ?? 0)
    check(argument <= Number.MAX_SAFE_INTEGER, 'cbor', 'a number is too large')
    check(width === 1 ? argument >= 24 : argument >= 2 ** (4 * width), 'cbor', 'a number is longer than it needs to be')
    return argument
  }

  #negative(argument: number): number {
    check(argument < Number.MAX_SAFE_INTEGER, 'cbor', 'a number is too large')
    return -1 - argument
  }

  #view(length: number): Uint8Array {
    const start = this.#skip(length)
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length)
  }

  /** Passes over so many bytes; gives where they began. */
  #skip(length: number): number {
    const start = this.#offset
    check(length <= this.#bytes.length - start, 'cbor', 'the bytes end before the value does')
    this.#offset = start + length
    return start
  }

  #text(length: number): string {
    const start = this.#skip(length)
    const short = length < SHORT_TEXT ? this.#letters(start) : undefined
    if (short !== undefined) return short
    if (this.#isAscii(start)) return this.#buffer.toString('latin1', start, this.#offset)
    check(isUtf8(this.#buffer.subarray(start, this.#offset)), 'canonical', 'a text is not UTF-8')
    const text = this.#buffer.toString('utf8', start, this.#offset)
    check(!text.startsWith(BYTE_ORDER_MARK), 'canonical', 'a text begins with a byte order mark, which many decoders drop')
    return text
  }

  #isAscii(start: number): boolean {
    for (let at = start; at < this.#offset; at += 1) if ((this.#bytes[at] ?? 0) > 0x7f) return false
    return true
  }

  /** What was passed over, when all of it is ASCII. */
  #letters(start: number): string | undefined {
    let text = ''
    for (let at = start; at < this.#offset; at += 1) {
      const byte = this.#bytes[at] ?? 0
      if (byte > 0x7f) return undefined
      text += String.fromCodePoint(byte)
    }
    return text
  }

  #array(length: number, depth: number): unknown[] {
    checkDepth(length, depth)
    const items: unknown[] = []
    while (items.length < length) items.push(this.#item(depth + 1))
    return items
  }

  /** Keys come in the order of their heads and bytes: shorter ones first, and no key twice. */
  #map(length: number, depth: number): object {
    checkDepth(length, depth)
    const fields: Record<string, unknown> = {}
    let [before, lengthBefore] = [0, 0]
    for (let count = 0; count < length; count += 1) {
      const start = this.#offset
      const key = this.#key()
      const keyLength = this.#offset - start
      check(keyLength >= lengthBefore, 'canonical', 'the keys of a map are out of order')
      if (keyLength === lengthBefore) this.#checkOrder(before, start)
      before = start
      lengthBefore = keyLength
      const value = this.#item(depth + 1)
      if (key === '__proto__') Object.defineProperty(fields, key, { value, configurable: true, enumerable: true, writable: true })
      else fields[key] = value
    }
    return fields
  }

  #key(): string {
    const head = this.#bytes[this.#offset]
    check(head !== undefined && head >> 5 === TEXT, 'cbor', 'a key is not text')
    this.#offset += 1
    const length = this.#argument(head & 31)
    const known = knownKey(this.#bytes, this.#offset, length)
    if (known === undefined) return this.#text(length)
    this.#offset += length
    return known
  }

  /** Of two keys that are equally long, the second of which was just read. */
  #checkOrder(before: number, start: number): void {
    let at = 0
    while (start + at < this.#offset && this.#bytes[before + at] === this.#bytes[start + at]) at += 1
    check(start + at < this.#offset, 'cbor', 'a map has a key twice')
    check((this.#bytes[before + at] ?? 0) < (this.#bytes[start + at] ?? 0), 'canonical', 'the keys of a map are out of order')
  }

  #link(tag: number, depth: number): CID {
    check(tag === LINK_TAG, 'cbor', 'tags other than links are not allowed')
    checkDepth(1, depth)
    const first = this.#bytes[this.#offset]
    check(first !== undefined && first >> 5 === BYTES, 'cbor', 'a link is not bytes')
    this.#offset += 1
    const length = this.#argument(first & 31)
    const start = this.#skip(length)
    check(length > 0 && this.#bytes[start] === 0, 'cbor', 'a link does not begin with zero')
    return linkOf(new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start + 1, length - 1))
  }
}

/**
 * Decodes bytes that are the one canonical encoding of their value, inside the profile of ops: bounded depth, safe integers, no floating-point
 * numbers, no tag but links. Throws `op-invalid` (`cbor`, `canonical`) for all others. Bytes in the value are views: copy what is to stay.
 */
export const decodeCanonical = (bytes: Uint8Array): unknown => new CborReader(bytes).whole()
