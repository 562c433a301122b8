import { cleanLine, cutText, parseToml } from '#archive'
import { GgenError } from '#core'
import { isTable, textIn } from './fields.ts'
import { FOREIGN_LIMITS } from './foreign-limits.ts'

/** A pack as the lock of upstream's own program names it. */
export interface UpstreamLocked {
  /** Safe to print. */
  readonly name: string
  /** Where it came from, as it is written, safe to print. */
  readonly source: string
  /** A folder, relative to that of the lock; absent where it came from elsewhere. */
  readonly path?: string
  /** BLAKE3 of its files, 64 lower-case hexadecimal digits; absent where the lock names none that can be read. */
  readonly hash?: string
}

const HASH = /^blake3:([0-9a-f]{64})$/
const TEXT_CHARS = 1024

/** Whether a text is such a lock, rather than one of ours, which says its version. */
export const isUpstreamLock = (text: string): boolean => /^\s*\[packs[.\]]/m.test(text) && !/^version *=/m.test(text)

/** Reads `[packs.NAME] source, content_hash`. Throws `lock-invalid`, and nothing else, whatever the text is. */
export const parseUpstreamLock = (text: string): readonly UpstreamLocked[] => {
  if (text.length > FOREIGN_LIMITS.lockBytes) throw invalid('it is too large')
  const { packs } = parseToml(text, ({ line, reason, cause }) => invalid(`line ${line}: ${reason}`, cause))
  if (!isTable(packs)) throw invalid('it has no packs')
  const entries = Object.entries(packs)
  if (entries.length > FOREIGN_LIMITS.lockEntries) throw invalid(`it names more than ${FOREIGN_LIMITS.lockEntries} packs`)
  return entries.map(([name, entry]) => {
    if (!isTable(entry)) throw invalid(`packs.${shown(name)} is no table`)
    const source = textIn(entry, 'source') ?? ''
    const hash = HASH.exec(textIn(entry, 'content_hash') ?? '')?.[1]
    const path = source.startsWith('path:') ? source.slice('path:'.length) : undefined
    const isPath = path !== undefined && path !== '' && path.length <= TEXT_CHARS && !path.includes('\0')
    return { name: shown(name), source: shown(source), ...(isPath && { path }), ...(hash !== undefined && { hash }) }
  })
}

const shown = (text: string): string => cutText(cleanLine(text), FOREIGN_LIMITS.labelChars)

const invalid = (why: string, cause?: unknown): GgenError =>
  new GgenError('lock-invalid', `this is no lock file that can be read: ${why}`, { cause, hint: 'give the ggen.lock of a project' })
