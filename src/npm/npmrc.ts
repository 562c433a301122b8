import { GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { npmrcLines } from './npmrc-line.ts'
import { heldLine, isOwnLine } from './own-lines.ts'

/** Environment variables. */
export type NpmVariables = Readonly<Record<string, string | undefined>>

/** What one source of npm's configuration says. */
export interface Npmrc {
  /** By key, each with at least one value: several of a list such as `ca[]`. Of what `ggen npm setup` wrote, the value that was there before, if any was. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** The registries that `ggen npm setup` keeps in comments, by key: `registry`, `@scope:registry`. They are among `values`. */
  readonly replaced: ReadonlyMap<string, string>
}

const VARIABLE = /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g

/** `${NAME}` is the value of a variable, or stays as it is where there is none; `${NAME?}` is nothing then; `\${NAME}` is never replaced. */
const expand = (text: string, variables: NpmVariables): string =>
  text.replaceAll(VARIABLE, (whole, ...[escapes, name, optional]: readonly [string, string, string | undefined]) => {
    if (escapes.length % 2 === 1) return whole.slice((escapes.length + 1) / 2)
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    return escapes.slice(escapes.length / 2) + (value ?? (optional === undefined ? `\${${name}}` : ''))
  })

const put = (values: Map<string, readonly string[]>, lists: Set<string>, [written, value]: readonly [string, string]): void => {
  const isList = written.length > 2 && written.endsWith('[]')
  const key = isList ? written.slice(0, -2) : written
  if (isList) lists.add(key)
  values.set(key, lists.has(key) ? [...(values.get(key) ?? []), value] : [value])
}

/** Reads the text of an `.npmrc` as npm does: what is said last counts. Throws `config-invalid` where it is too large, and nothing else. */
export const parseNpmrc = (text: string, variables: NpmVariables): Npmrc => {
  if (text.length > NPM_TEXT_LIMITS.settingsChars) throw new GgenError('config-invalid', `.npmrc is larger than ${NPM_TEXT_LIMITS.settingsChars} characters`)
  const values = new Map<string, readonly string[]>()
  const lists = new Set<string>()
  const replaced = new Map<string, string>()
  const lines = npmrcLines(text)
  for (const [index, line] of lines.entries()) {
    const above = lines[index - 1]
    const isOwn = isOwnLine(line, above)
    const said = isOwn && above !== undefined ? heldLine(above) : line
    if (said?.key === undefined || said.value === undefined) continue
    const [key, value] = [expand(said.key, variables), expand(said.value, variables).trim()]
    put(values, lists, [key, value])
    if (isOwn) replaced.set(key, value)
  }
  return { values, replaced }
}

/** What the variables `npm_config_…` say, whichever way they are written. An empty one says nothing. */
export const npmrcOfVariables = (variables: NpmVariables): Npmrc => {
  const values = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(variables)) {
    if (!/^npm_config_/i.test(name) || value === undefined || value === '') continue
    const written = name.slice('npm_config_'.length)
    const key = written.startsWith('//') ? written : written.replaceAll(/(?!^)_/g, '-').toLowerCase()
    values.set(expand(key, variables), [expand(value, variables).trim()])
  }
  return { values, replaced: new Map() }
}
