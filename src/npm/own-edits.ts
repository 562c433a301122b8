/** One line of a file of settings. */
export interface FileLine {
  /** Without what ends it. */
  readonly text: string
  /** `\n`, `\r\n`, `\r`, or nothing at the end of the file. */
  readonly end: string
}

/** One line that is or was different, as it may be shown: without secrets. */
export interface SettingsChange {
  /** Absent: there was no such line. */
  readonly before?: string
  /** Absent: there is no such line any more. */
  readonly after?: string
}

/** What became of a file of settings. No changes: the text is what it was. */
export interface ChangedSettings {
  readonly text: string
  readonly changes: readonly SettingsChange[]
}

/** How lines that setup wrote are told from the user's. */
export interface OwnLines<L extends FileLine> {
  readonly isOwn: (line: L, above: L | undefined) => boolean
  /** The line that the comment above an own one holds; `undefined`: nothing was there. */
  readonly heldIn: (above: L) => L | undefined
}

/** A line without what nobody else may see. */
const shown = (text: string): string =>
  text.trim()
    .replace(/(_authToken|_auth|_password|npmAuthToken|npmAuthIdent)(["']?\s*[=:]).*/i, '$1$2(hidden)')
    .replaceAll(/\/\/[^/@\s]*@/g, '//(hidden)@')

/** What one line became; `undefined` for a line that is not there. */
export const changeOf = (before: FileLine | undefined, after: FileLine | undefined): SettingsChange => ({
  ...(before !== undefined && { before: shown(before.text) }), ...(after !== undefined && { after: shown(after.text) }),
})

/** Puts lines together. */
export const joined = (lines: readonly FileLine[]): string => lines.map(({ text, end }) => text + end).join('')

/** What new lines end with in this file. */
export const usualEnd = (lines: readonly FileLine[]): string => lines.find(({ end }) => end !== '')?.end ?? '\n'

/** The lines without own ones and the comments above them, with what they replaced; nothing that is left is an own line. */
export const withoutOwn = <L extends FileLine>(
  lines: readonly L[], { isOwn, heldIn }: OwnLines<L>,
): { readonly lines: readonly L[]; readonly changes: readonly SettingsChange[] } => {
  const kept: L[] = []
  const changes: SettingsChange[] = []
  const keep = (line: L): void => {
    const above = kept.at(-1)
    if (above === undefined || !isOwn(line, above)) return void kept.push(line)
    kept.pop()
    const held = heldIn(above)
    changes.push(changeOf(line, held))
    if (held !== undefined) keep({ ...held, end: line.end })
  }
  for (const line of lines) keep(line)
  return { lines: kept, changes }
}
