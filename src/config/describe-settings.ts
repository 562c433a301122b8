import { type Setting, spellingsOf } from './setting.ts'
import { OTHER_VARIABLES, ROWS } from './settings.ts'

const code = (text: string): string => `\`${text}\``

const emptyOrNone = (value: unknown): boolean => JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}' || value === 'none'

const usually = ({ usually: words, usual, kind }: Setting<unknown>): string => {
  if (words !== undefined) return words
  if (usual === undefined) return 'none'
  const value = kind.write(usual)
  if (emptyOrNone(value)) return 'none'
  return code(Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value))
}

const option = ({ option: text = '' }: Setting<unknown>): string => (text === '' || text.startsWith('`') ? text : text.split(', ').map(code).join(', '))

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const variablesOf = ({ variables = [] }: Setting<unknown>): string => variables.map(code).join(', ')

const usable = (): string => {
  const rows = ROWS.filter(([, { idle }]) => idle === undefined)
  const settings = rows.map(([, row]) => [row.says, option(row), variablesOf(row), code(row.key ?? ''), usually(row)])
  const others = OTHER_VARIABLES.map(({ name, says, usually: words }) => [says, '', code(name), '', words])
  return table(['Meaning', 'Option', 'Variable', 'Key', 'Default'], [...settings, ...others])
}

const spellings = (): string => {
  const rows = ROWS.map(([, row]) => spellingsOf(row).map(({ key }) => code(key))).filter(({ length }) => length > 1)
  return table(['Key', 'Means the same'], rows.map(([key = '', ...others]) => [key, others.join(', ')]))
}

const idle = (): string => {
  const rows = ROWS.filter(([, row]) => row.idle !== undefined)
  return table(
    ['Key', 'Variable or option', 'Meant', 'Changes nothing, because'],
    rows.map(([, row]) => {
      const others = [variablesOf(row), option(row)].filter((text) => text !== '').join(', ')
      return [row.key === undefined ? '' : code(row.key), others, row.says, row.idle ?? '']
    }),
  )
}

/** Tables of the reference page, by the name of the mark around each. */
export const settingsTables = (): Readonly<Record<string, string>> => ({ settings: usable(), spellings: spellings(), idle: idle() })

/** A page with what stands between `<!-- NAME -->` and `<!-- /NAME -->` made anew from the table of settings. */
export const withTables = (page: string): string =>
  Object.entries(settingsTables()).reduce((text, [name, made]) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from === -1 || to < from) throw new RangeError(`the page has no marks for ${name}`)
    return `${text.slice(0, from + begin.length)}\n${made}\n${text.slice(to)}`
  }, page)
