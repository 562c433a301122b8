import type { Output } from './commands/world.ts'

const REDRAW_MS = 100
const ERASE_LINE = '\r\u001b[K'

/** One line of a terminal that is drawn again and again, and erased when it is disposed. Nothing else may be printed meanwhile. */
export class LiveLine implements Disposable {
  readonly #output: Output
  readonly #now: () => number
  #drawnAt: number | undefined

  /** `now` in milliseconds. */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output
    this.#now = now
  }

  /** Draws what `text` says (one line that fits, no line break), unless it has just been drawn. */
  show(text: () => string): void {
    const now = this.#now()
    if (this.#drawnAt !== undefined && now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    this.#output.write(`${ERASE_LINE}${text()}`)
  }

  [Symbol.dispose](): void {
    if (this.#drawnAt !== undefined) this.#output.write(ERASE_LINE)
    this.#drawnAt = undefined
  }
}
