import { invalid } from './settings.ts'

/** A table of the file, not yet checked. */
export type Table = Readonly<Record<string, unknown>>

/** Whether a value is a table. */
export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The value of a key; `undefined` when it is not there. */
export const valueOf = (table: Table, key: string): unknown => (Object.hasOwn(table, key) ? table[key] : undefined)

/** One table of the file; remembers which keys mean something. */
export class Section {
  readonly #file: string
  readonly #name: string
  readonly #table: Table
  readonly #known = new Set<string>()

  constructor(file: string, name: string, table: Table) {
    this.#file = file
    this.#name = name
    this.#table = table
  }

  where(key: string): string {
    return `${this.#file}: ${this.#name}.${key}`
  }

  raw(key: string): unknown {
    this.#known.add(key)
    return valueOf(this.#table, key)
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'boolean') return value
    throw invalid(this.where(key), 'must be true or false')
  }

  text(key: string): string | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'string') return value
    throw invalid(this.where(key), 'must be a text')
  }

  /** A text, or a number as it would be typed. */
  quantity(key: string): string | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'string') return value
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
    throw invalid(this.where(key), 'must be a text or a whole number')
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.raw(key)
    if (value === undefined || Array.isArray(value)) return value
    throw invalid(this.where(key), 'must be a list')
  }

  texts(key: string): readonly string[] | undefined {
    return this.list(key)?.map((entry) => {
      if (typeof entry !== 'string') throw invalid(this.where(key), 'must be a list of texts')
      return entry
    })
  }

  inner(key: string, table: Table): Section {
    return new Section(this.#file, `${this.#name}.${key}`, table)
  }

  remarks(): string[] {
    return Object.keys(this.#table).filter((key) => !this.#known.has(key)).map((key) => `${this.where(key.slice(0, 64))} has no effect`)
  }
}
