import type { Op } from '#core'

const plain = (_key: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (value instanceof Set) return [...(value as ReadonlySet<string>)].toSorted()
  return value
}

/** What an op says as plain JSON: byte strings in hexadecimal, signers in order; without the envelope. */
export const opJson = (op: Op): unknown => JSON.parse(JSON.stringify({ ...op, bytes: undefined }, plain))

/** A vector file: JSON with two spaces and a newline at the end. */
export const vectorText = (content: unknown): string => `${JSON.stringify(content, undefined, 2)}\n`
