import { inspect } from 'node:util'

const HIDDEN = '(hidden)'

/** A text that shows itself to nobody who prints, logs or serialises it; whoever needs it has to ask for it by name. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: for the one header, the one connection that it was made for. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
