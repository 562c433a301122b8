import { decode, encode } from '@ipld/dag-cbor'
import { GgenError, isOpId, isPackageName, LIMITS, type OpId, type PackageName } from '#core'
import { CID } from 'multiformats/cid'

/** A CBOR map whose keys were checked: reads are total, every mismatch is a `frame-invalid`. */
export type Fields = Readonly<Record<string, unknown>>

/** The typed refusal for everything a peer can spell wrong. */
export const frameInvalid = (what: string, cause?: unknown): GgenError => new GgenError('frame-invalid', `malformed message: ${what}`, { cause })

/** DAG-CBOR bytes of a message. */
export const encodeMessage = (message: Fields): Uint8Array => encode(message)

/** One CBOR map with exactly the keys `required` and perhaps some of `optional`; throws `frame-invalid`. */
export const decodeMessage = (bytes: Uint8Array, required: readonly string[], optional: readonly string[] = []): Fields => {
  let value: unknown
  try {
    value = decode(bytes)
  } catch (error) {
    throw frameInvalid('not DAG-CBOR', error)
  }
  return asMap(value, required, optional)
}

/** A plain map with exactly these keys; throws `frame-invalid`. */
export const asMap = (value: unknown, required: readonly string[], optional: readonly string[] = []): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array || value instanceof CID) {
    throw frameInvalid('not a map')
  }
  const keys = Object.keys(value)
  for (const key of required) if (!Object.hasOwn(value, key)) throw frameInvalid(`${key} is missing`)
  for (const key of keys) if (!required.includes(key) && !optional.includes(key)) throw frameInvalid('a key that is not known')
  return value as Fields
}

/** Bytes of `min` to `max` length; throws `frame-invalid`. */
export const asBytes = (value: unknown, min: number, max: number): Uint8Array => {
  if (!(value instanceof Uint8Array) || value.length < min || value.length > max) throw frameInvalid('bytes expected')
  return value
}

/** Text of at most `max` UTF-16 units; throws `frame-invalid`. */
export const asText = (value: unknown, max: number): string => {
  if (typeof value !== 'string' || value.length > max) throw frameInvalid('text expected')
  return value
}

/** An integer in [0, max]; throws `frame-invalid`. */
export const asUint = (value: unknown, max: number): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > max) throw frameInvalid('number expected')
  return value as number
}

/** true or false; throws `frame-invalid`. */
export const asBoolean = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw frameInvalid('true or false expected')
  return value
}

/** A list of at most `max` items, each parsed; throws `frame-invalid`. */
export const asList = <T>(value: unknown, max: number, item: (value: unknown) => T): T[] => {
  if (!Array.isArray(value) || value.length > max) throw frameInvalid('list expected')
  return value.map(item)
}

/** The next of items that travel in a list of their own; throws `frame-invalid` when there is none. */
export const taken = <T>(items: Iterator<T>, what: string): T => {
  const next = items.next()
  if (next.done === true) throw frameInvalid(`${what} is missing`)
  return next.value
}

/** An op id that travels as a CID; throws `frame-invalid`. */
export const asOpId = (value: unknown): OpId => {
  const text = value instanceof CID ? value.toString() : ''
  if (!isOpId(text)) throw frameInvalid('op id expected')
  return text
}

/** A package name; throws `frame-invalid`. */
export const asPackageName = (value: unknown): PackageName => {
  const text = asText(value, LIMITS.nameChars)
  if (!isPackageName(text)) throw frameInvalid('package name expected')
  return text
}

/** The CID of an op id. */
export const opCid = (id: OpId): CID => CID.parse(id)
