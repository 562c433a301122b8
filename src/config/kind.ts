import { isGgenError, GgenError, parseDuration, parseRate, parseSize } from '#core'

/** Where a value stands, as complaints name it, and what hears what is only worth a remark. */
export interface Place {
  readonly from: string
  readonly remark: (text: string) => void
}

/** A value as TOML and JSON have it. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain }

/** How values of one kind are read, written and described. Both readers throw `config-invalid` or `address-invalid` that name the place. */
export interface Kind<T> {
  /** A text, as a variable or an option has it. */
  fromText(text: string, place: Place): T
  /** Anything that TOML can hold. */
  fromToml(value: unknown, place: Place): T
  /** What `fromToml` reads as the same value. */
  write(value: T): Plain
  /** JSON Schema of what `fromToml` takes. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** Bounds of a number. What is above the upper one counts as that one, with a remark, where `cut` says why. */
export interface Bounds {
  readonly least: number
  readonly most: number
  readonly cut?: string
}

/** A table, not yet checked. */
export type Table = Readonly<Record<string, unknown>>

/** Whether a value is a table. */
export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The value of a key; `undefined` when it is not there. */
export const valueOf = (table: Table, key: string): unknown => (Object.hasOwn(table, key) ? table[key] : undefined)

/** A complaint about one value that says where the value stands. */
export const invalid = (from: string, complaint: string, hint?: string): GgenError =>
  new GgenError('config-invalid', `${from}: ${complaint}`, hint === undefined ? {} : { hint })

/** The beginning of a text, for complaints. */
export const short = (text: string): string => JSON.stringify(text.slice(0, 40))

/** What `parse` makes of the text; its complaint says where the text stands. */
export const located = <T>(parse: () => T, from: string): T => {
  try {
    return parse()
  } catch (error) {
    if (!isGgenError(error, 'config-invalid')) throw error
    throw invalid(from, error.message)
  }
}

const textOf = (value: unknown, from: string): string => {
  if (typeof value === 'string') return value
  throw invalid(from, 'must be a text')
}

/** A text, or a number as it would be typed. */
const quantityOf = (value: unknown, from: string): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw invalid(from, 'must be a text or a number')
}

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, on: true, yes: true, 0: false, false: false, off: false, no: false }

/** True or false. */
export const yesOrNo: Kind<boolean> = {
  fromText: (text, { from }) => {
    const key = text.toLowerCase()
    const value = Object.hasOwn(SWITCH, key) ? SWITCH[key] : undefined
    if (value === undefined) throw invalid(from, `must be true or false, not ${short(text)}`)
    return value
  },
  fromToml: (value, { from }) => {
    if (typeof value === 'boolean') return value
    throw invalid(from, 'must be true or false')
  },
  write: (value) => value,
  schema: { type: 'boolean' },
}

/** What `read` makes of a text. */
export const textual = <T extends string>(read: (text: string, place: Place) => T, schema: Kind<T>['schema'] = { type: 'string' }): Kind<T> => ({
  fromText: read,
  fromToml: (value, place) => read(textOf(value, place.from), place),
  write: (value) => value,
  schema,
})

/** Any text. */
export const anyText: Kind<string> = textual((text) => text)

/** One of a few words; upper and lower case are the same where `isLoose`. */
export const word = <const T extends string>(allowed: readonly T[], { isLoose = false } = {}): Kind<T> =>
  textual(
    (text, { from }) => {
      const found = allowed.find((one) => one === text || (isLoose && one.toLowerCase() === text.toLowerCase()))
      if (found === undefined) throw invalid(from, `must be ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}, not ${short(text)}`)
      return found
    },
    isLoose ? { type: 'string' } : { enum: allowed },
  )

/** Bounds, and how a number of their kind is said. */
interface SaidBounds extends Bounds {
  readonly say: (value: number) => string
}

const within = (value: number, { least, most, cut, say }: SaidBounds, { from, remark }: Place): number => {
  if (value >= least && value <= most) return value
  if (value > most && cut !== undefined) {
    remark(`${from}: ${say(value)} counts as ${say(most)}: ${cut}`)
    return most
  }
  throw invalid(from, `must be from ${say(least)} to ${say(most)}, not ${say(value)}`)
}

/** A whole number. */
export const whole = (bounds: Bounds): Kind<number> => {
  const read = (text: string, place: Place): number => {
    if (!/^\d{1,9}$/.test(text)) throw invalid(place.from, `give a whole number from ${bounds.least} to ${bounds.most}, not ${short(text)}`)
    return within(Number(text), { ...bounds, say: String }, place)
  }
  return {
    fromText: read,
    fromToml: (value, place) => read(quantityOf(value, place.from), place),
    write: (value) => value,
    schema: { type: ['integer', 'string'], minimum: bounds.least, ...(bounds.cut === undefined && { maximum: bounds.most }) },
  }
}

/** A number that need not be whole. */
export const decimal = (bounds: Bounds): Kind<number> => {
  const read = (text: string, place: Place): number => {
    if (!/^-?\d{1,9}(?:\.\d{1,17})?$/.test(text)) throw invalid(place.from, `give a number from ${bounds.least} to ${bounds.most}, not ${short(text)}`)
    return within(Number(text), { ...bounds, say: String }, place)
  }
  return {
    fromText: read,
    fromToml: (value, place) => read(quantityOf(value, place.from), place),
    write: (value) => value,
    schema: { type: ['number', 'string'], minimum: bounds.least, maximum: bounds.most },
  }
}

const UNITS = { ms: 1, s: 1000, min: 60_000 } as const
const SPANS: readonly (readonly [unit: string, ms: number])[] = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000], ['ms', 1]]

/** A span of time as people write it: `5 min`. */
export const spanText = (ms: number): string => {
  const [unit, size] = SPANS.find(([, each]) => ms >= each && ms % each === 0) ?? ['s', 1000]
  return `${ms / size} ${unit}`
}

const milliseconds = (text: string, bare: keyof typeof UNITS): number => {
  const [, ms] = /^(\d{1,12}) ?ms$/.exec(text) ?? []
  if (ms !== undefined) return Number(ms)
  const [alone] = /^\d{1,12}(?:\.\d{1,3})?$/.exec(text) ?? []
  return alone === undefined ? parseDuration(text) : Math.round(Number(alone) * UNITS[bare])
}

/** A span of time, milliseconds; a number alone counts `bare`, seconds unless it says otherwise. */
export const span = (bounds: Bounds, bare: keyof typeof UNITS = 's'): Kind<number> => {
  const read = (text: string, place: Place): number => within(located(() => milliseconds(text, bare), place.from), { ...bounds, say: spanText }, place)
  return {
    fromText: read,
    fromToml: (value, place) => read(quantityOf(value, place.from), place),
    write: spanText,
    schema: { type: ['string', 'number'], minimum: 0 },
  }
}

const SIZES: readonly (readonly [unit: string, bytes: number])[] = [
  ['GiB', 2 ** 30], ['GB', 1e9], ['MiB', 2 ** 20], ['MB', 1e6], ['kB', 1e3], ['B', 1],
]

const sizeText = (bytes: number): string => {
  const [unit, size] = SIZES.find(([, each]) => bytes >= each && bytes % each === 0) ?? ['B', 1]
  return `${bytes / size} ${unit}`
}

const amount = (parse: (text: string) => number | undefined, bareBytes: number): Kind<number | 'none'> => {
  const read = (text: string, { from }: Place): number | 'none' =>
    located(() => parse(bareBytes > 1 && /^\d{1,9}$/.test(text) ? String(Number(text) * bareBytes) : text) ?? 'none', from)
  return {
    fromText: read,
    fromToml: (value, place) => read(quantityOf(value, place.from), place),
    write: (value) => (value === 'none' ? value : sizeText(value)),
    schema: { type: ['string', 'number'], minimum: 0 },
  }
}

/** Bytes, or `none` for no limit; a number alone counts `bareBytes`. */
export const size = (bareBytes = 1): Kind<number | 'none'> => amount(parseSize, bareBytes)

/** Bytes per second, or `none` for no limit. */
export const rate: Kind<number | 'none'> = amount(parseRate, 1)

const LAST_PORT = 65_535

/** A TCP port; `off`, or `false` in a file, for none. */
export const port = (least: 0 | 1): Kind<number | 'off'> => {
  const read = (text: string, { from }: Place): number | 'off' => {
    if (text === 'off' || text === 'false' || text === 'no') return 'off'
    const number = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
    if (number >= least && number <= LAST_PORT) return number
    throw invalid(from, `give a port from 1 to ${LAST_PORT}${least === 0 ? ', 0 for the usual one' : ''}, or off; not ${short(text)}`)
  }
  return {
    fromText: read,
    fromToml: (value, place) => (value === false ? 'off' : read(quantityOf(value, place.from), place)),
    write: (value) => value,
    schema: { anyOf: [{ type: 'integer', minimum: least, maximum: LAST_PORT }, { const: false }, { type: 'string' }] },
  }
}

/** Something that need not be: `off`, or `false` in a file, for nothing. */
export const orOff = <T>(kind: Kind<T>): Kind<T | 'off'> => {
  const isOff = (value: unknown): boolean => value === false || value === 'off' || value === 'false' || value === 'no'
  return {
    fromText: (text, place) => (isOff(text) ? 'off' : kind.fromText(text, place)),
    fromToml: (value, place) => (isOff(value) ? 'off' : kind.fromToml(value, place)),
    write: (value) => (value === 'off' ? 'off' : kind.write(value as T)),
    schema: { anyOf: [kind.schema, { const: false }, { const: 'off' }] },
  }
}

const parts = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '')

/** A list of texts, and what `read` makes of all of them; a variable has them with commas. */
export const texts = <T extends string>(read: (texts: readonly string[], place: Place) => readonly T[]): Kind<readonly T[]> => ({
  fromText: (text, place) => read(parts(text), place),
  fromToml: (value, place) => {
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) throw invalid(place.from, 'must be a list of texts')
    return read(value, place)
  },
  write: (value) => value,
  schema: { type: 'array', items: { type: 'string' } },
})
