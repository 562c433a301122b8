import type { LockfileFault } from './locked-package.ts'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'

/** A line `key: value`. */
export interface YamlLine {
  readonly indent: number
  readonly key: string
  /** Without quotes; lists and tables in one line as they are; empty where what follows is further in. */
  readonly value: string
}

const QUOTED = String.raw`'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"`
const PAIR = new RegExp(String.raw`^(${QUOTED}|[^\s'"#&*!|>%@{}[\],\x60][^]*?):(?:\s+(\S[^]*))?$`)
const TEXT_BELOW = /:\s+[|>][-+\d]{0,2}$/

/** A text without its quotes. */
export const unquoted = (text: string, fault: LockfileFault): string => {
  if (text.startsWith("'")) {
    const [, inner] = /^'((?:[^']|'')*)'$/.exec(text) ?? []
    if (inner === undefined) throw fault(`unclear quotes: ${text.slice(0, 80)}`)
    return inner.replaceAll("''", "'")
  }
  if (!text.startsWith('"')) return text
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return value
  } catch (cause) {
    if (cause instanceof SyntaxError) throw fault(`unclear quotes: ${text.slice(0, 80)}`, cause)
    throw cause
  }
  throw fault(`unclear quotes: ${text.slice(0, 80)}`)
}

interface WrittenLine {
  readonly indent: number
  readonly text: string
  readonly number: number
}

/** The lines that are neither empty, nor comments, nor parts of lists and of texts in several lines. */
const writtenLines = (file: string, fault: LockfileFault): readonly WrittenLine[] => {
  const lines: WrittenLine[] = []
  let passedOver = Number.POSITIVE_INFINITY
  for (const [index, line] of file.replace(/^\uFEFF/, '').split(/\r?\n/).entries()) {
    const number = index + 1
    if (line.length > LOCKFILE_LIMITS.lineChars) throw fault(`line ${number} is too long`)
    const [, { length: indent } = '', written = ''] = /^( *)(.*)$/s.exec(line) ?? []
    const text = written.trimEnd()
    if (text === '' || indent > passedOver) continue
    const isItem = text === '-' || text.startsWith('- ')
    passedOver = isItem || TEXT_BELOW.test(text) ? indent : Number.POSITIVE_INFINITY
    if (!isItem && !text.startsWith('#') && text !== '---') lines.push({ indent, text, number })
  }
  return lines
}

/** A very long key has a line of its own, `? key`, and `: value` below: one line is made of them, and one more of a key in that value. */
const unfolded = (lines: readonly WrittenLine[], fault: LockfileFault): readonly WrittenLine[] =>
  lines.flatMap((line, index): readonly WrittenLine[] => {
    if (line.text.startsWith('? ')) {
      if (lines[index + 1]?.text.startsWith(':') !== true) throw fault(`nothing follows on line ${line.number}`)
      return []
    }
    const above = lines[index - 1]
    if (above?.text.startsWith('? ') !== true) return [line]
    const rest = line.text.slice(1).trim()
    const head = { ...line, text: `${above.text.slice(2).trim()}:` }
    return rest === '' || rest === '{}' ? [head] : [head, { ...line, indent: line.indent + 2, text: rest }]
  })

/**
 * Reads as much of YAML as the package clients write: tables below tables, a line for each key, in which short lists and tables may stand. Lists that go down
 * and texts of several lines are passed over. Anything else is a fault: anchors, tags, tabs, tables without keys.
 */
export const yamlLines = (file: string, fault: LockfileFault): readonly YamlLine[] =>
  unfolded(writtenLines(file, fault), fault).map(({ indent, text, number }) => {
    const [, key, value = ''] = PAIR.exec(text) ?? []
    if (key === undefined) throw fault(`line ${number} is not what a client writes: ${text.slice(0, 80)}`)
    return { indent, key: unquoted(key, fault), value: TEXT_BELOW.test(text) ? '' : unquoted(value, fault) }
  })

const FIELD = new RegExp(String.raw`\s*([A-Za-z]+):\s+(${QUOTED}|[^\s'",{}[\]][^,{}]*)(,|$)`, 'y')

/** The fields of a table in one line, `{a: b, c: 'd'}`; `undefined` where there are other tables or lists in it. */
export const fieldsInLine = (text: string, fault: LockfileFault): ReadonlyMap<string, string> | undefined => {
  const [, inner] = /^\{(.*)\}$/s.exec(text) ?? []
  if (inner === undefined) return undefined
  const fields = new Map<string, string>()
  let at = 0
  while (at < inner.length) {
    FIELD.lastIndex = at
    const [whole = '', key, value = ''] = FIELD.exec(inner) ?? []
    if (key === undefined) return undefined
    fields.set(key, unquoted(value.trimEnd(), fault))
    at += whole.length
  }
  return fields
}

/** A table, and those of its fields that are in its own lines. */
export interface YamlBlock {
  readonly key: string
  readonly fields: ReadonlyMap<string, string>
}

/** The tables that stand this far in, below `section` or, at the left, anywhere. */
export const yamlBlocks = (lines: readonly YamlLine[], indent: number, section = ''): readonly YamlBlock[] => {
  const blocks: { readonly key: string; readonly fields: Map<string, string> }[] = []
  let current = ''
  for (const line of lines) {
    if (line.indent === 0 && indent > 0) current = line.key
    if (current !== section) continue
    if (line.indent === indent) blocks.push({ key: line.key, fields: new Map() })
    else if (line.indent === indent + 2) blocks.at(-1)?.fields.set(line.key, line.value)
  }
  return blocks
}
