/** What of a blob is wanted: a part of it, all of it, or something that lies outside. */
export type WantedRange = { readonly offset: number; readonly length: number } | 'whole' | 'outside'

const ONE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/

/** Reads the header `range` for a blob of so many bytes. What is no single range of bytes means the whole, as RFC 9110 allows. */
export const readRange = (header: string | undefined, sizeBytes: number): WantedRange => {
  const [, first, last, suffix] = ONE_RANGE.exec(header ?? '') ?? []
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), sizeBytes)
    return length === 0 ? 'outside' : { offset: sizeBytes - length, length }
  }
  if (first === undefined) return 'whole'
  const offset = Number(first)
  if (last !== undefined && last !== '' && Number(last) < offset) return 'whole'
  if (offset >= sizeBytes) return 'outside'
  const end = last === undefined || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  return { offset, length: end - offset }
}
