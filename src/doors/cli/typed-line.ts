import { GgenError } from '#core'

const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, CARRIAGE_RETURN, CTRL_U, ESCAPE, DELETE] = [0x03, 0x04, 0x08, 0x0a, 0x0d, 0x15, 0x1b, 0x7f] as const
const FIRST_PRINTABLE = 0x20
const BRACKET = 0x5b
const LETTER_O = 0x4f
/** More than the longest passphrase, whatever its letters. */
const MOST_BYTES = 4096

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** One line as a terminal sends it byte for byte, with the keys that people correct themselves with. What comes after the line is kept for the next one. */
export class TypedLine {
  #bytes: number[] = []
  #rest: readonly number[] = []
  /** Inside the sequence that a key like an arrow sends: `start` after the escape, `inside` until its last byte. */
  #escape: 'start' | 'inside' | undefined

  /**
   * Takes what was typed; the line once it is whole. Throws `cancelled` for Ctrl-C, or Ctrl-D on an empty line, `usage` for a line that is too
   * long or no text.
   */
  take(chunk: Iterable<number>): string | undefined {
    const typed = [...this.#rest, ...chunk]
    this.#rest = []
    for (const [index, byte] of typed.entries()) {
      if (this.#isEnd(byte)) {
        this.#rest = typed.slice(index + 1)
        return this.#finish()
      }
      this.#press(byte)
    }
    return undefined
  }

  /** Ctrl-C also ends a sequence of a key that never ended. */
  #isEnd(byte: number): boolean {
    if (byte === CTRL_C || (byte === CTRL_D && this.#bytes.length === 0)) throw new GgenError('cancelled', 'interrupted')
    return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === CTRL_D
  }

  #press(byte: number): void {
    if (this.#escape !== undefined) this.#skip(byte)
    else if (byte === ESCAPE) this.#escape = 'start'
    else if (byte === BACKSPACE || byte === DELETE) this.#erase()
    else if (byte === CTRL_U) this.#bytes = []
    else if (byte >= FIRST_PRINTABLE) this.#bytes.push(byte)
    if (this.#bytes.length > MOST_BYTES) throw new GgenError('usage', `a line has at most ${MOST_BYTES} bytes`)
  }

  #skip(byte: number): void {
    if (this.#escape === 'start') this.#escape = byte === BRACKET || byte === LETTER_O ? 'inside' : undefined
    else if (byte >= 0x40 && byte <= 0x7e) this.#escape = undefined
  }

  /** One character, however many bytes it has. */
  #erase(): void {
    while (isContinuation(this.#bytes.at(-1))) this.#bytes.pop()
    this.#bytes.pop()
  }

  #finish(): string {
    const bytes = Uint8Array.from(this.#bytes)
    this.#bytes = []
    this.#escape = undefined
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw new GgenError('usage', 'what was typed is not text in UTF-8', { hint: 'set the terminal to UTF-8' })
    }
  }
}
