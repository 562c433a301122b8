/** One line of an `.npmrc`, as npm's own reader takes it apart. */
export interface NpmrcLine {
  /** Without what ends it. */
  readonly text: string
  /** `\n`, `\r\n`, `\r`, or nothing at the end of the file. */
  readonly end: string
  /** Absent: a comment, an empty line, the head of a section, or within a section, where npm's settings are not. */
  readonly key?: string
  /** `true` where a key stands alone. */
  readonly value?: string
}

const isQuoted = (text: string): boolean => (text.startsWith('"') && text.endsWith('"')) || (text.startsWith("'") && text.endsWith("'"))

const parseQuoted = (quoted: string): string => {
  const text = quoted.startsWith("'") ? quoted.slice(1, -1) : quoted
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : text
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

/** Up to a comment; `\;`, `\#` and `\\` are the sign alone. */
const parseBare = (text: string): string => {
  const [bare = ''] = /^(?:\\.|[^\\;#]|\\$)*/s.exec(text) ?? []
  return bare.replaceAll(/\\([\\;#])/g, '$1').trim()
}

const parseText = (raw: string): string => {
  const text = raw.trim()
  return isQuoted(text) ? parseQuoted(text) : parseBare(text)
}

const HEAD_OR_PAIR = /^\[([^\]]*)\]\s*$|^([^=]+)(=(.*))?$/

/** The lines of a file; together, `text` and `end` of all are the file, byte for byte. */
export const npmrcLines = (file: string): readonly NpmrcLine[] => {
  let isInSection = false
  return [...file.matchAll(/([^\r\n]+)(\r\n|\r|\n|$)|(\r\n|\r|\n)/g)].map(([, text = '', end = '', alone]): NpmrcLine => {
    if (alone !== undefined) return { text: '', end: alone }
    const [, head, key, equals, value = ''] = /^\s*(?:[;#]|$)/.test(text) ? [] : HEAD_OR_PAIR.exec(text) ?? []
    isInSection ||= head !== undefined
    return isInSection || key === undefined ? { text, end } : { text, end, key: parseText(key), value: equals === undefined ? 'true' : parseText(value) }
  })
}
