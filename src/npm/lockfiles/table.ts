import type { LockfileFault } from './locked-package.ts'

/** An object out of a file, of which nothing is known. */
export type Table = Readonly<Record<string, unknown>>

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The table at a key; empty where there is none. */
export const tableAt = (table: Table, key: string): Table => {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return isTable(value) ? value : {}
}

export const textAt = (table: Table, key: string): string | undefined => {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** Whether `true` stands at a key. */
export const isSet = (table: Table, key: string): boolean => Object.hasOwn(table, key) && table[key] === true

/** Parses JSON whose outermost value is a table. */
export const parseTable = (text: string, fault: LockfileFault): Table => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw fault('it is not JSON', cause)
    throw cause
  }
  if (!isTable(value)) throw fault('it holds no table')
  return value
}
