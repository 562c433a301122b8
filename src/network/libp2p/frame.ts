import { GgenError, LIMITS } from '#core'

/** The byte in front of every answer; docs/protocol/frames.md. */
export const ANSWER = Object.freeze({ ok: 0, busy: 1, refused: 2 })

/** A length of up to 2,097,151 takes at most three bytes; anything longer is an attack or not ours. */
const LENGTH_BYTES_MAX = 3
const FIRST_ALLOCATION_BYTES = 4096

/** The length prefix of a frame: unsigned LEB128, shortest form. */
export const encodeLength = (length: number): Uint8Array => {
  const bytes: number[] = []
  let rest = length
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Uint8Array.from([...bytes, rest])
}

/** What goes in front of a question's bytes. Throws `frame-invalid` above `LIMITS.questionBytes`. */
export const questionHeader = (question: Uint8Array): Uint8Array => {
  if (question.length > LIMITS.questionBytes) throw new GgenError('frame-invalid', `a question has at most ${LIMITS.questionBytes} bytes`)
  return encodeLength(question.length)
}

/** What goes in front of an answer's bytes: length and status. Throws `frame-invalid` above `LIMITS.messageBytes`. */
export const answerHeader = (status: number, answer: Uint8Array): Uint8Array => {
  if (answer.length > LIMITS.messageBytes) throw new GgenError('frame-invalid', `an answer has at most ${LIMITS.messageBytes} bytes`)
  return Uint8Array.from([...encodeLength(answer.length + 1), status])
}

/** The answer inside a frame. Throws `too-busy` or `frame-invalid` for the other statuses. */
export const openAnswer = (frame: Uint8Array): Uint8Array => {
  const [status] = frame
  if (status === ANSWER.ok) return frame.subarray(1)
  if (status === ANSWER.busy && frame.length === 1) throw new GgenError('too-busy', 'the peer has too much to do')
  if (status === ANSWER.refused && frame.length === 1) throw new GgenError('frame-invalid', 'the peer refused the question as malformed')
  throw new GgenError('frame-invalid', 'the answer has an unknown status')
}

/**
 * Puts exactly one frame together out of chunks of any size. Memory grows with what has arrived, not with what was promised.
 * Throws `frame-invalid` on a length that is too large, too long or not in its shortest form, and on bytes after the frame.
 */
export class FrameReader {
  readonly #maxBytes: number
  #length = 0
  #lengthBytes = 0
  #hasLength = false
  #payload = new Uint8Array(0)
  #received = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isComplete(): boolean {
    return this.#hasLength && this.#received === this.#length
  }

  push(chunk: Uint8Array): void {
    let offset = 0
    while (!this.#hasLength && offset < chunk.length) this.#pushLength(chunk[offset++] ?? 0)
    const rest = chunk.subarray(offset)
    if (rest.length === 0) return
    if (this.#received + rest.length > this.#length) throw new GgenError('frame-invalid', 'there are bytes after the end of the frame')
    this.#reserve(this.#received + rest.length)
    this.#payload.set(rest, this.#received)
    this.#received += rest.length
  }

  /** The bytes of the frame. Throws `frame-invalid` when some are missing. */
  finish(): Uint8Array {
    if (!this.isComplete) throw new GgenError('frame-invalid', `the frame was cut short after ${this.#received} of ${this.#length} bytes`)
    return this.#payload.subarray(0, this.#length)
  }

  #pushLength(byte: number): void {
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#lengthBytes++)
    const isLast = byte < 0x80
    if (!isLast && this.#lengthBytes === LENGTH_BYTES_MAX) throw new GgenError('frame-invalid', 'the length of the frame is too long')
    if (isLast && byte === 0 && this.#lengthBytes > 1) throw new GgenError('frame-invalid', 'the length of the frame is not in its shortest form')
    if (this.#length > this.#maxBytes) throw new GgenError('frame-invalid', `a frame of ${this.#length} bytes or more is larger than ${this.#maxBytes}`)
    this.#hasLength = isLast
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#payload.length) return
    const grown = new Uint8Array(Math.min(this.#length, Math.max(bytes, 2 * this.#payload.length, FIRST_ALLOCATION_BYTES)))
    grown.set(this.#payload.subarray(0, this.#received))
    this.#payload = grown
  }
}
