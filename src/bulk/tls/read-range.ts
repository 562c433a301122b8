const RANGE = /^bytes=(\d{1,13})-(\d{1,13})$/

/** The one range of a `Range` header; `undefined` for anything but `bytes=first-last` with first ≤ last. */
export const readRange = (header: string | undefined): { readonly offset: number; readonly length: number } | undefined => {
  const [, first, last] = RANGE.exec(header ?? '') ?? []
  if (first === undefined || last === undefined) return undefined
  const length = Number(last) - Number(first) + 1
  return length >= 1 ? { offset: Number(first), length } : undefined
}
