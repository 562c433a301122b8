import { check } from './op-fault.ts'

/** Deepest nesting of arrays, maps and links. Far below what any decoder's stack allows, so that all of them agree. */
const MAX_DEPTH = 16
const LINK_TAG = 42
const NEGATIVE = 1
const FALSE = 20
const NULL = 22

interface Head {
  readonly major: number
  readonly argument: number
  readonly bytes: number
}

const readHead = (bytes: Uint8Array, offset: number): Head => {
  const first = bytes[offset]
  check(first !== undefined, 'cbor', 'the bytes end before the value does')
  const major = first >> 5
  const minor = first & 31
  if (minor < 24) return { major, argument: minor, bytes: 1 }
  check(major !== 7, 'cbor', 'floating-point numbers and other simple values are not allowed')
  check(minor <= 27, 'cbor', 'indefinite lengths and reserved heads are not allowed')
  const width = 2 ** (minor - 24)
  check(offset + 1 + width <= bytes.length, 'cbor', 'the bytes end before the value does')
  let argument = 0
  for (const byte of bytes.subarray(offset + 1, offset + 1 + width)) argument = argument * 256 + byte
  check(argument <= (major === NEGATIVE ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER), 'cbor', 'a number is too large')
  return { major, argument, bytes: 1 + width }
}

/** How many values must follow before the item that starts with this head is complete. */
const contentsOf = ({ major, argument }: Head): number => {
  if (major === 4) return argument
  if (major === 5) return 2 * argument
  if (major !== 6) return 0
  check(argument === LINK_TAG, 'cbor', 'tags other than links are not allowed')
  return 1
}

/**
 * Checks that bytes are exactly one CBOR item inside the profile of ops: bounded depth, definite lengths, safe integers, no
 * floating-point numbers, no tag but links. Iterative and without allocation for claimed lengths: it runs before any decoder
 * sees the bytes. Throws `op-invalid` (`cbor`). Canonical form is not its business.
 */
export const checkCborProfile = (bytes: Uint8Array): void => {
  const open: number[] = [1]
  let offset = 0
  while (open.length > 0) {
    const head = readHead(bytes, offset)
    if (head.major === 7) check(head.argument >= FALSE && head.argument <= NULL, 'cbor', 'only true, false and null are allowed')
    offset += head.bytes
    if (head.major === 2 || head.major === 3) offset += head.argument
    check(offset <= bytes.length, 'cbor', 'the bytes end before the value does')
    open.push((open.pop() ?? 0) - 1)
    const contents = contentsOf(head)
    if (contents > 0) open.push(contents)
    check(open.length <= MAX_DEPTH + 1, 'cbor', 'the value is nested too deeply')
    while (open.at(-1) === 0) open.pop()
  }
  check(offset === bytes.length, 'cbor', 'there are bytes after the value')
}
