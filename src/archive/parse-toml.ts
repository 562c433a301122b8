import type { GgenError } from '#core'
import { parse, TomlError } from 'smol-toml'

/** Where a text stops being TOML, and why. Lines and columns count from 1. */
export interface TomlFault {
  readonly line: number
  readonly column: number
  readonly reason: string
  readonly cause: Error
}

/** The table of a TOML document (1.0, and 1.1 where it is newer); throws what `refuse` makes of the fault. */
export const parseToml = (text: string, refuse: (fault: TomlFault) => GgenError): Readonly<Record<string, unknown>> => {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? ''
    throw refuse({ line: error.line, column: error.column, reason, cause: error })
  }
}
