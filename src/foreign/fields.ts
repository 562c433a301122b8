/** A value out of somebody's JSON or TOML, of which nothing is known. */
export type Table = Readonly<Record<string, unknown>>

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The text of the first of these keys that has one. */
export const textIn = (table: Table, ...keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const value = Object.hasOwn(table, key) ? table[key] : undefined
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** The texts of a list; what is no text is passed over. */
export const textsIn = (table: Table, key: string): readonly string[] => {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return Array.isArray(value) ? (value as readonly unknown[]).filter((item) => typeof item === 'string') : []
}

/** A whole number of at least 0. */
export const countIn = (table: Table, key: string): number | undefined => {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
