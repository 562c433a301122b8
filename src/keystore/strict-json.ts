import { GgenError } from '#core'

/** Complains that a part of an identity file is not as it must be. The message never shows a value of the file: it may be secret. */
export const damaged = (part: string): GgenError =>
  new GgenError('store-broken', `the identity file is damaged: its ${part} is wrong`, {
    hint: 'move it away and restore a backup with: ggen id import FILE; with the recovery words a new key can be put in its place',
  })

/** The JSON value that bytes spell. Its parser's own message quotes the text, which may be secret: it is left out. Throws `store-broken`. */
export const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw damaged('JSON')
    throw error
  }
}

/** An object with these fields and no other. */
export const readFields = (value: unknown, part: string, names: readonly string[]): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(part)
  if (Object.keys(value).sort().join() !== names.toSorted().join()) throw damaged(part)
  return value as Readonly<Record<string, unknown>>
}

/** An array with at least one and at most so many items. */
export const readItems = (value: unknown, part: string, most: number): readonly unknown[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) throw damaged(part)
  return value
}

/** Bytes out of their one base64 spelling; at least one. */
export const readBase64 = (value: unknown, part: string, mostBytes: number): Uint8Array => {
  if (typeof value !== 'string') throw damaged(part)
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length > mostBytes || bytes.toString('base64') !== value) throw damaged(part)
  return Uint8Array.from(bytes)
}

/** The base64 spelling of bytes. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
