import { isPackageName, LIMITS } from '#core'
import { Range } from 'semver'
import { isTable, type Table, textIn } from './fields.ts'
import type { ForeignDependency } from './foreign-index.ts'
import { FOREIGN_LIMITS } from './foreign-limits.ts'

const NEWEST: ReadonlySet<string> = new Set(['', 'latest', 'x', 'X'])

/** What an entry says that it needs: texts like `name@^1`, tables with a name, or a table of ranges. What cannot be read is passed over. */
export const readDependencies = ({ dependencies }: Table): readonly ForeignDependency[] => {
  const found = new Map<string, ForeignDependency>()
  for (const [name, range] of pairsOf(dependencies)) {
    if (found.size >= FOREIGN_LIMITS.dependencies) break
    if (isPackageName(name) && !found.has(name) && isRange(range)) found.set(name, { name, range: NEWEST.has(range) ? '*' : range })
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function* pairsOf(value: unknown): Generator<readonly [name: string, range: string]> {
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      if (typeof item === 'string') yield splitText(item)
      else if (isTable(item)) yield [textIn(item, 'name', 'id') ?? '', textIn(item, 'version_req', 'version', 'range') ?? '']
    }
  } else if (isTable(value)) {
    for (const [name, range] of Object.entries(value)) yield [name, typeof range === 'string' ? range.trim() : '']
  }
}

const splitText = (text: string): readonly [string, string] => {
  const at = text.indexOf('@', 1)
  return at === -1 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

const isRange = (text: string): boolean => {
  if (NEWEST.has(text)) return true
  if (text.length > LIMITS.rangeChars) return false
  try {
    return new Range(text).raw !== ''
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}
