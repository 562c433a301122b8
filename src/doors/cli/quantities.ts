const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const LAST_MOMENT_MS = 8.64e15

/** `1 peer`, `2 peers`; the plural is regular unless it is given. */
export const count = (amount: number, one: string, many = `${one}s`): string => `${amount} ${amount === 1 ? one : many}`

/** `999 B`, `1.2 kB`, `3.4 MB`: powers of 1,000. */
export const sizeText = (sizeBytes: number): string => {
  let amount = sizeBytes
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit += 1
  }
  return `${unit === 0 || amount >= 99.95 ? amount.toFixed(0) : amount.toFixed(1)} ${UNITS[unit] ?? 'B'}`
}

/** `1.2 MB/s`. */
export const rateText = (bytesPerSecond: number): string => `${sizeText(bytesPerSecond)}/s`

/** `42 s`, `5 min`, `3 h 5 min`, `2 d 3 h`. */
export const durationText = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (minutes === 0) return `${Math.floor(seconds)} s`
  if (hours === 0) return `${minutes} min`
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `12 ms`, `1.2 s`, and from a minute on as `durationText`. */
export const spanText = (ms: number): string => {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  return ms < 59_950 ? `${(ms / 1000).toFixed(1)} s` : durationText(ms / 1000)
}

/** `2026-11-21 03:49Z`; clocks of strangers may say anything, so what is no date is `unknown`. */
export const momentText = (unixMs: number): string =>
  Math.abs(unixMs) <= LAST_MOMENT_MS ? `${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')}Z` : 'unknown'
