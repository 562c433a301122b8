import { posix } from 'node:path'
import { type Files, type JoinedNetwork, variable, type Variables } from './environment.ts'
import type { Flags } from './flags.ts'
import { readFile } from './read-file.ts'
import { invalid, type Place } from './kind.ts'
import { nearest } from './nearest.ts'
import type { Setting } from './setting.ts'
import { OTHER_VARIABLES, ROWS, SETTINGS, type SettingId, type Values } from './settings.ts'

/** Where a value came from. */
export interface Origin {
  readonly kind: 'option' | 'variable' | 'file' | 'default'
  /** The option, the variable, or file and key; empty for a default. */
  readonly name: string
}

/** What one source says of one setting. */
export interface Said {
  readonly value: unknown
  readonly origin: Origin
}

/** Everything that one source says. */
export type Saying = ReadonlyMap<SettingId, Said>

/** The values that all sources add up to, where each came from, and what has no effect, as sentences for people. */
export interface Reading {
  readonly values: Values
  readonly origins: Readonly<Record<SettingId, Origin>>
  readonly remarks: readonly string[]
}

type Remark = Place['remark']

const optionOf = ({ option = '' }: Setting<unknown>): string => option.split(/[ ,]/)[0] ?? ''

const readFlags = (flags: Flags, remark: Remark): Saying => {
  const said = new Map<SettingId, Said>()
  for (const [id, row] of ROWS) {
    const typed = row.flag === undefined ? undefined : flags[row.flag]
    if (typed === undefined) continue
    const place = { from: optionOf(row), remark }
    const value = typeof typed === 'string' ? row.kind.fromText(typed, place) : row.kind.fromToml(typed, place)
    said.set(id, { value, origin: { kind: 'option', name: place.from } })
  }
  return said
}

const readVariables = (env: Variables, remark: Remark): Saying => {
  const said = new Map<SettingId, Said>()
  for (const [id, row] of ROWS) {
    const name = row.variables?.find((one) => variable(env, one) !== undefined)
    const text = name === undefined ? undefined : variable(env, name)
    if (name === undefined || text === undefined) continue
    said.set(id, { value: row.kind.fromText(text, { from: name, remark }), origin: { kind: 'variable', name } })
  }
  return said
}

const VARIABLES = [...ROWS.flatMap(([, { variables = [] }]) => variables), ...OTHER_VARIABLES.map(({ name }) => name)]

/** A variable with a typing error in its name would do nothing, and nobody would know. */
const remarkOnMistyped = (env: Variables, remark: Remark): void => {
  for (const name of Object.keys(env)) {
    if (!/^GGEN_[A-Z0-9_]+$/.test(name) || VARIABLES.includes(name) || variable(env, name) === undefined) continue
    const meant = nearest(name, VARIABLES)
    if (meant !== undefined) remark(`${name} means nothing; did you mean ${meant}?`)
  }
}

/** Variables that other programs have, too, are set for them. */
const isForOthers = ({ kind, name }: Origin): boolean => kind === 'variable' && !name.startsWith('GGEN_')

const isUsual = ({ kind, usual }: Setting<unknown>, value: unknown): boolean =>
  usual !== undefined && JSON.stringify(kind.write(usual)) === JSON.stringify(kind.write(value))

/** Among those who share a key a release that is new is what they wait for; whoever set another time keeps it. */
const readNetwork = ({ path, name, bootstrap }: JoinedNetwork): Saying => {
  const said = (key: string, value: unknown): Said => ({ value, origin: { kind: 'file', name: `${path}: ${key}` } })
  return new Map<SettingId, Said>([['network', said('network', name)], ['bootstrap', said('bootstrap', bootstrap)], ['coolDownMs', said('network', 0)]])
}

/** A node with the key of one network and the name of another would meet nobody, or worse, be taken for private where it is not. */
const refuseOther = (network: JoinedNetwork, sayings: readonly Saying[]): void => {
  const other = sayings.map((saying) => saying.get('network')).find((said) => said !== undefined && said.value !== network.name)
  if (other === undefined) return
  const hint = 'take that away, or leave the private network with: ggen leave'
  throw invalid(other.origin.name, `says the network ${String(other.value)}, and this home is in the private network ${network.name}`, hint)
}

const addsUp = (id: SettingId, isPrivate: boolean): boolean => SETTINGS[id].adds === true || (id === 'bootstrap' && isPrivate)

/** What a private network says of where its nodes are is added to what else is configured. */
const merge = (sayings: readonly Saying[], id: SettingId, isPrivate: boolean): Said | undefined => {
  const all = sayings.flatMap((saying) => saying.get(id) ?? [])
  const strongest = all.at(-1)
  if (strongest === undefined || !addsUp(id, isPrivate) || all.length === 1) return strongest
  const names = all.map(({ origin }) => origin.name).join(' and ')
  return { value: [...new Set(all.flatMap(({ value }) => value as readonly unknown[]))], origin: { ...strongest.origin, name: names } }
}

const DEFAULT: Origin = { kind: 'default', name: '' }

/** What everything that configures this process says. */
export interface SettingsSources {
  readonly flags: Flags
  readonly env: Variables
  readonly files: Files
}

/**
 * Reads every source: flags win over the environment, that over the project, that over the user's files, those over what is usual. Pure. Throws
 * `config-invalid` or `address-invalid` that name the option, the variable, or file and key.
 */
export const readSettings = ({ flags, env, files }: SettingsSources): Reading => {
  const remarks: string[] = []
  const remark: Remark = (text) => void remarks.push(text)
  const userFiles = [files.older, files.config].filter((file) => file !== undefined)
  const { network } = files
  const chosen = [
    ...userFiles.map((file) => readFile(file, { isShared: posix.basename(file.path) === 'ggen.toml', isProject: false }, remark)),
    ...(files.project === undefined ? [] : [readFile(files.project, { isShared: true, isProject: true }, remark)]),
    readVariables(env, remark),
    readFlags(flags, remark),
  ]
  if (network !== undefined) refuseOther(network, chosen)
  const sayings = [...(network === undefined ? [] : [readNetwork(network)]), ...chosen]
  remarkOnMistyped(env, remark)
  const merged = ROWS.map(([id, row]) => {
    const said = merge(sayings, id, network !== undefined) ?? { value: row.usual, origin: DEFAULT }
    const { origin, value } = said
    if (row.idle !== undefined && origin.kind !== 'default' && !isForOthers(origin) && !isUsual(row, value)) {
      remark(`${origin.name} has no effect: ${row.idle.replaceAll('`', '')}`)
    }
    return [id, said] as const
  })
  return {
    values: Object.fromEntries(merged.map(([id, { value }]) => [id, value])) as unknown as Values,
    origins: Object.fromEntries(merged.map(([id, { origin }]) => [id, origin])) as Reading['origins'],
    remarks,
  }
}
