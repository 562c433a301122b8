/** A value that JSON can hold. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }

/** The one JSON text of a value: keys sorted by UTF-16 units, no white space. */
export const canonicalJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}
