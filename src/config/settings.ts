import { MARKET_SETTINGS } from './market-settings.ts'
import { NODE_SETTINGS } from './node-settings.ts'
import { NPM_SETTINGS } from './npm-settings.ts'
import { type Setting, spellingsOf } from './setting.ts'

/** Everything that can be configured, one row each. */
export const SETTINGS = Object.freeze({ ...NODE_SETTINGS, ...MARKET_SETTINGS, ...NPM_SETTINGS })

/** The name of a row. */
export type SettingId = keyof typeof SETTINGS

/** What the rows add up to. Who says nothing and has no usual value is `undefined`. */
export type Values = { readonly [Id in SettingId]: (typeof SETTINGS)[Id] extends Setting<infer T> ? T | undefined : never }

/** Variables that are read by whoever needs them. */
export const OTHER_VARIABLES: readonly { readonly name: string; readonly says: string; readonly usually: string }[] = [
  { name: 'GGEN_HOME', says: 'home folder', usually: 'see below' },
  { name: 'GGEN_TICKET', says: 'ticket that `ggen join` takes', usually: 'none' },
  { name: 'GGEN_PASSPHRASE', says: 'passphrase of the keys of a publisher', usually: 'asked for, on a terminal' },
]

/** The rows, for whoever treats all alike. */
export const ROWS: readonly (readonly [id: SettingId, row: Setting<unknown>])[] = Object.entries(SETTINGS) as never

/** What a path in a file means. */
export interface Named {
  readonly id: SettingId
  readonly row: Setting<unknown>
  readonly kind: Setting<unknown>['kind']
}

/** Every path that means something. */
export const KEYS: ReadonlyMap<string, Named> = new Map(
  ROWS.flatMap(([id, row]) => spellingsOf(row).map(({ key, kind }): [string, Named] => [key, { id, row, kind }])),
)
