import { GgenError, type IdentityId, isErrorCode, isOpId, LIMITS, type PublicKey } from '#core'

/** What an agent can be asked: one question on each connection, one line of JSON each way. */
export type AgentQuestion = { readonly ask: 'status' } | { readonly ask: 'lock' } | { readonly ask: 'sign'; readonly payload: Uint8Array }

/** Whose release key an agent holds, and until when. */
export interface AgentStatus {
  readonly identity: IdentityId
  readonly publicKey: PublicKey
  /** Unix milliseconds. */
  readonly until: number
  /** Somebody is asked before each signature. */
  readonly asks: boolean
  readonly pid: number
}

/** A signature (64 bytes), and what was signed, for people. */
export interface AgentSignature {
  readonly signature: Uint8Array
  readonly purpose: string
}

export type AgentAnswer =
  | { readonly kind: 'status'; readonly status: AgentStatus }
  | { readonly kind: 'signed'; readonly signed: AgentSignature }
  /** The key is closed, and this process ends. */
  | { readonly kind: 'locked'; readonly pid: number }
  | { readonly kind: 'refused'; readonly error: GgenError }

const SIGNATURE_BYTES = 64
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** It is printed: nothing in it may be obeyed by a terminal. */
const PURPOSE = /^[^\p{Cc}\p{Cf}]{1,1000}$/u
const PUBLIC_KEY = /^ed01[0-9a-f]{64}$/

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const readBase64 = (value: unknown, mostBytes: number): Uint8Array | undefined => {
  if (typeof value !== 'string' || value.length > Math.ceil(mostBytes / 3) * 4 || !BASE64.test(value)) return undefined
  const bytes = Uint8Array.from(Buffer.from(value, 'base64'))
  return bytes.length > mostBytes ? undefined : bytes
}

/** A line, with its end. */
export const formatQuestion = (question: AgentQuestion): string =>
  `${JSON.stringify(question.ask === 'sign' ? { ask: 'sign', payload: base64(question.payload) } : question)}\n`

/** Reads a line without its end. Throws `frame-invalid`. */
export const parseQuestion = (line: string): AgentQuestion => {
  const value = parseJson(line)
  const { ask, payload: text } = isRecord(value) ? value : {}
  if (ask === 'status' || ask === 'lock') return { ask }
  const payload = ask === 'sign' ? readBase64(text, LIMITS.opBytes) : undefined
  if (payload !== undefined) return { ask: 'sign', payload }
  throw new GgenError('frame-invalid', 'the agent does not understand this question', {
    hint: 'it may be of another version than this command: end it with ggen id lock',
  })
}

/** A line, with its end. */
export const formatAnswer = (answer: AgentAnswer): string => `${JSON.stringify(wireForm(answer))}\n`

const wireForm = (answer: AgentAnswer): object => {
  switch (answer.kind) {
    case 'status':
      return answer.status
    case 'signed':
      return { signature: base64(answer.signed.signature), purpose: answer.signed.purpose }
    case 'locked':
      return { locked: true, pid: answer.pid }
    case 'refused':
      return { error: answer.error }
  }
}

/** Reads a line without its end; `undefined` for what this version does not understand. */
export const parseAnswer = (line: string): AgentAnswer | undefined => {
  const value = parseJson(line)
  if (!isRecord(value)) return undefined
  const { signature: text, purpose, locked, pid, error } = value
  if (isRecord(error)) return refusalOf(error)
  if (locked === true) return isPid(pid) ? { kind: 'locked', pid } : undefined
  if (text === undefined) return statusOf(value)
  const signature = readBase64(text, SIGNATURE_BYTES)
  if (signature?.length !== SIGNATURE_BYTES || typeof purpose !== 'string' || !PURPOSE.test(purpose)) return undefined
  return { kind: 'signed', signed: { signature, purpose } }
}

const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

const refusalOf = ({ code, message, hint }: Readonly<Record<string, unknown>>): AgentAnswer | undefined => {
  if (!isErrorCode(code) || typeof message !== 'string' || typeof hint !== 'string') return undefined
  return { kind: 'refused', error: new GgenError(code, message, { hint }) }
}

const statusOf = ({ identity, publicKey, until, asks, pid }: Readonly<Record<string, unknown>>): AgentAnswer | undefined => {
  if (typeof identity !== 'string' || !isOpId(identity) || typeof publicKey !== 'string' || !PUBLIC_KEY.test(publicKey)) return undefined
  if (typeof until !== 'number' || !Number.isSafeInteger(until) || typeof asks !== 'boolean' || !isPid(pid)) return undefined
  return { kind: 'status', status: { identity: identity as IdentityId, publicKey: publicKey as PublicKey, until, asks, pid } }
}
