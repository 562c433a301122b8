import { GgenError, isErrorCode, isOpId, type OpId, parsePeerId, readBounded, REGISTRY_LIMITS } from '#core'
import type { HttpAnswer } from './http-client.ts'
import type { RegistryStatus } from './registry.ts'

/** The whole of an answer that is a document. Throws `registry-failed` when it is longer than `limitBytes`. */
export const readBody = ({ body }: Pick<HttpAnswer, 'body'>, limitBytes: number = REGISTRY_LIMITS.documentBytes): Promise<Uint8Array> =>
  readBounded(body, limitBytes, () => malformed(`an answer of more than ${limitBytes} bytes`))

/** Envelopes out of `{"records": [base64 …]}`. Throws `registry-failed` for anything else. */
export const readRecords = (bytes: Uint8Array): readonly Uint8Array[] => {
  const { records } = objectIn(bytes)
  if (!Array.isArray(records)) throw malformed('no records')
  if (records.length > REGISTRY_LIMITS.records) throw malformed(`more than ${REGISTRY_LIMITS.records} records`)
  let room = REGISTRY_LIMITS.recordsBytes
  return records.map((record: unknown) => {
    if (typeof record !== 'string') throw malformed('a record that is no text')
    const envelope = Buffer.from(record, 'base64')
    room -= envelope.length
    if (envelope.length === 0 || room < 0) throw malformed('records of no or too many bytes')
    return Uint8Array.from(envelope)
  })
}

/** Ids out of `{"accepted": [id …], "known": [id …]}`. Throws `registry-failed`. */
export const readKept = (bytes: Uint8Array): ReadonlySet<OpId> => {
  const { accepted, known } = objectIn(bytes)
  if (!Array.isArray(accepted) || !Array.isArray(known)) throw malformed('no word on what was kept')
  const ids: readonly unknown[] = [...(accepted as unknown[]), ...(known as unknown[])]
  return new Set(ids.filter((id): id is OpId => typeof id === 'string' && isOpId(id)))
}

/** Out of the answer to a question about its health. Throws `registry-failed`. */
export const readHealth = (bytes: Uint8Array): RegistryStatus => {
  const { status, ops, fingerprint, peerId } = objectIn(bytes)
  if (status !== 'ready') throw malformed('no word on its health')
  return {
    ...(typeof ops === 'number' && Number.isSafeInteger(ops) && ops >= 0 && { ops }),
    ...(typeof fingerprint === 'string' && /^[0-9a-f]{1,128}$/.test(fingerprint) && { fingerprint }),
    ...(typeof peerId === 'string' && { peerId: peerIn(peerId) }),
  }
}

/** An error that a server tells in our form, `undefined` for any other text. What it says is for people, and bounded. */
export const readRefusal = (bytes: Uint8Array): GgenError | undefined => {
  const error = isObject(json(bytes)?.['error']) ? (json(bytes)?.['error'] as Record<string, unknown>) : undefined
  if (error === undefined || !isErrorCode(error['code'])) return undefined
  return new GgenError(error['code'], sentence(error['message']), { ...(typeof error['hint'] === 'string' && { hint: sentence(error['hint']) }) })
}

/** Printable, in one line. */
const sentence = (text: unknown): string =>
  (typeof text === 'string' ? text : 'without a reason').replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, REGISTRY_LIMITS.reasonChars)

const peerIn = (text: string): NonNullable<RegistryStatus['peerId']> => {
  try {
    return parsePeerId(text)
  } catch (error) {
    throw malformed('a peer id that is none', error)
  }
}

const objectIn = (bytes: Uint8Array): Record<string, unknown> => {
  const value = json(bytes)
  if (value === undefined) throw malformed('something that is no JSON object')
  return value
}

const json = (bytes: Uint8Array): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const malformed = (what: string, cause?: unknown): GgenError => new GgenError('registry-failed', `the registry answers with ${what}`, { cause })
