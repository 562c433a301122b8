import type { Plain } from './kind.ts'
import { nearest } from './nearest.ts'
import { type Origin, type Reading, readSettings, type SettingsSources } from './read-settings.ts'
import { ROWS, type SettingId } from './settings.ts'

/** The setting that is meant by a key with few typing errors, by its usual key. */
export const nearestKey = (text: string): string | undefined => nearest(text, ROWS.flatMap(([, { key, variables = [] }]) => key ?? variables))

/** One setting as it stands. Plain JSON. */
export interface ShownSetting {
  /** Its path in a file, or the variable that is all it has. */
  readonly key: string
  /** Absent: there is none. A secret is only `set`. */
  readonly value?: Plain
  readonly from: Origin
  /** Heeded by a node when it starts, or by each command. */
  readonly by: 'node' | 'command'
  /** Why it changes nothing here. */
  readonly idle?: string
}

const shown = (id: SettingId, { values, origins }: Reading): Plain | undefined => {
  const [, row] = ROWS.find(([one]) => one === id) ?? []
  const value = values[id]
  if (row === undefined || value === undefined) return undefined
  const isUsual = origins[id].kind === 'default'
  if (row.isSecret === true) return isUsual ? undefined : 'set'
  return row.kind.write(isUsual ? row.usual : value)
}

/** Every setting of a reading, in the order of the reference. */
export const shownSettings = (reading: Reading): readonly ShownSetting[] =>
  ROWS.map(([id, { key, variables = [], by, idle }]): ShownSetting => {
    const value = shown(id, reading)
    return { key: key ?? variables.join(), ...(value !== undefined && { value }), from: reading.origins[id], by, ...(idle !== undefined && { idle }) }
  })

/** Every setting with its value and where that came from, and what has no effect. Throws as `readSettings` does. */
export const showSettings = (sources: SettingsSources): { readonly settings: readonly ShownSetting[]; readonly remarks: readonly string[] } => {
  const reading = readSettings(sources)
  return { settings: shownSettings(reading), remarks: reading.remarks }
}
