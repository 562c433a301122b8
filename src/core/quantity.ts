import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'

const BYTES: Readonly<Record<string, number>> = {
  '': 1, B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40,
}
const BITS: Readonly<Record<string, number>> = { bit: 1 / 8, kbit: 125, Mbit: 125_000, Gbit: 125_000_000 }

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, min: 60, h: 3600, d: 86_400 }

const QUANTITY = /^(\d{1,16}(?:\.\d{1,9})?)(?: ?([A-Za-z]+))?$/
const NONE = 'none'

const wrong = (text: string, looks: string): GgenError => new GgenError('config-invalid', `${looks}, not ${JSON.stringify(text.slice(0, 40))}`)

/** A whole number of what the units are multiples of; `undefined` when the text has another form, or means more than can be counted. */
const count = (text: string, units: Readonly<Record<string, number>>): number | undefined => {
  const [, amount = '', unit = ''] = QUANTITY.exec(text) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (amount === '' || factor === undefined) return undefined
  const sum = Math.round(Number(amount) * factor)
  return Number.isSafeInteger(sum) ? sum : undefined
}

/**
 * Bytes of a text: `500 kB`, `1.5GB`, `10 GiB`, or a number alone for bytes; kB, MB, GB and TB are powers of 1,000, KiB, MiB, GiB and TiB of
 * 1,024. Upper and lower case matter. `none` is `undefined`. Throws `config-invalid`.
 */
export const parseSize = (text: string): number | undefined => {
  if (text === NONE) return undefined
  const bytes = count(text, BYTES)
  if (bytes === undefined || bytes < 1) throw wrong(text, 'a size looks like 500MB, 10 GB or none')
  return bytes
}

/**
 * Bytes per second of a text: what `parseSize` understands, also in bits (`8 Mbit` is 1 MB), and `/s` behind it or not. `none` is `undefined`.
 * Throws `config-invalid`, also for so little that every transfer would count as stalled.
 */
export const parseRate = (text: string): number | undefined => {
  if (text === NONE) return undefined
  const rate = count(text.replace(/\/s$/, ''), { ...BYTES, ...BITS })
  if (rate === undefined) throw wrong(text, 'a rate looks like 5MB, 500 kB/s, 8 Mbit or none')
  if (rate < LIMITS.stallBytesPerSecond) throw wrong(text, `a rate is at least ${LIMITS.stallBytesPerSecond} bytes per second, or none`)
  return rate
}

/** Milliseconds of a text: `30s`, `5 min` or `5m`, `1h`, or a number alone for seconds. Throws `config-invalid`. */
export const parseDuration = (text: string): number => {
  const seconds = count(text, SECONDS)
  if (seconds === undefined || !Number.isSafeInteger(seconds * 1000)) throw wrong(text, 'a time looks like 30s, 5 min or 1h')
  return seconds * 1000
}
