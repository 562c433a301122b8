import type { Clock, ErrorCode, Events } from '#core'
import type { NpmRecords } from '#store'

export interface RefusalParts {
  readonly records: Pick<NpmRecords, 'noteServed'>
  readonly clock: Clock
  readonly events: Events
}

/** Something that is not served, and why. */
export interface Refusal {
  readonly name: string
  /** `*`: all of them. */
  readonly version: string
  readonly code: ErrorCode
  readonly why: string
}

/** Says what is refused of npm packages: an event, and a row of the report; each once. */
export class Refusals {
  readonly #parts: RefusalParts
  readonly #said = new Set<string>()

  constructor(parts: RefusalParts) {
    this.#parts = parts
  }

  say({ name, version, code, why }: Refusal): void {
    const { records, clock, events } = this.#parts
    if (this.#said.has(why)) return
    if (this.#said.size >= SAID) this.#said.clear()
    this.#said.add(why)
    events.emit({ type: 'npm-refused', what: name, why })
    records.noteServed({ from: 'nowhere', bytes: 0, firstByteMs: 0, durationMs: 0, client: 'ggen', at: clock.now(), name, version, trouble: `${code}: ${why}` })
  }
}

/** Refusals that are not told again. */
const SAID = 1000
