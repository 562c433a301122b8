import { GgenError, LIMITS } from '#core'

/** What a server says before the bytes. */
export interface AnswerHead {
  readonly status: number
  /** How many bytes follow. */
  readonly length: number
  /** `content-range`, where it is given. */
  readonly range: string | undefined
  /** Whether another question may be asked over this connection. */
  readonly stays: boolean
  /** Bytes that the head itself took. */
  readonly headBytes: number
}

const END = Buffer.from('\r\n\r\n')
const STATUS = /^HTTP\/1\.1 ([2-5]\d\d) [\t\x20-\x7e]*$/
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e]*)$/
const LENGTH = /^(?:0|[1-9]\d{0,12})$/
const FIELDS = 32

const broken = (why: string): GgenError => new GgenError('frame-invalid', `the answer of the peer is not one: ${why}`)

/**
 * Reads the head of an HTTP/1.1 answer; `undefined` while it is not complete. Narrow on purpose: no interim answers, no transfer codings, no
 * folded or repeated fields, and the length must be given, so that there is one way only to read what follows. Throws `frame-invalid`.
 */
export const readHead = (bytes: Uint8Array): AnswerHead | undefined => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = view.indexOf(END)
  if (end < 0) {
    if (bytes.length >= LIMITS.bulkHeaderBytes) throw broken('its head does not end')
    return undefined
  }
  const [first = '', ...lines] = view.toString('latin1', 0, end).split('\r\n')
  const [, status] = STATUS.exec(first) ?? []
  if (status === undefined) throw broken('its status line')
  const fields = readFields(lines)
  const length = fields.get('content-length') ?? ''
  if (!LENGTH.test(length) || fields.has('transfer-encoding')) throw broken('it does not give its length')
  return {
    status: Number(status), length: Number(length), range: fields.get('content-range'),
    stays: fields.get('connection')?.toLowerCase() !== 'close', headBytes: end + END.length,
  }
}

const readFields = (lines: readonly string[]): ReadonlyMap<string, string> => {
  if (lines.length > FIELDS) throw broken('it has too many fields')
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? []
    if (name === undefined || value === undefined || fields.has(name.toLowerCase())) throw broken('one of its fields')
    fields.set(name.toLowerCase(), value.trim())
  }
  return fields
}
