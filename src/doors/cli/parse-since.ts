import { GgenError } from '#core'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/
const SPAN = /^(\d{1,9})(s|min|h|d|w)$/
const SPAN_SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400, w: 604_800 }

/** Of a day that there is: `Date` takes the 30th of February for a day in March. */
const momentOf = (day: string, moment: string): number | undefined => {
  const midnight = new Date(`${day}T00:00:00Z`)
  const isReal = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
  const milliseconds = isReal ? Date.parse(moment) : Number.NaN
  return Number.isNaN(milliseconds) ? undefined : Math.ceil(milliseconds / 1000)
}

const read = (text: string, now: number): number | undefined => {
  if (DAY.test(text)) return momentOf(text, `${text}T00:00:00Z`)
  const day = MOMENT.exec(text)?.[1]
  if (day !== undefined) return momentOf(day, text.replace(' ', 'T').toUpperCase())
  const [, amount, unit = ''] = SPAN.exec(text) ?? []
  return amount === undefined ? undefined : Math.floor(now / 1000) - Number(amount) * (SPAN_SECONDS[unit] ?? 0)
}

/**
 * Unix seconds, at least 0, of a day (`2026-11-01`, in UTC), of a moment as in RFC 3339 (`2026-11-01T12:00:00+01:00`), or of how long ago it was
 * (`30min`, `36h`, `7d`, `2w`). `now` in Unix milliseconds. Throws `usage`.
 */
export const parseSince = (text: string, now: number): number => {
  const seconds = read(text, now)
  if (seconds !== undefined) return Math.max(0, seconds)
  throw new GgenError('usage', `not a date: ${JSON.stringify(text.slice(0, 40))}`, {
    hint: 'give a day like 2026-11-01, a moment like 2026-11-01T12:00:00Z, or how long ago it was: 30min, 36h, 7d, 2w',
  })
}
