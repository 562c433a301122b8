import { parseShasum } from '#npm'
import { type LockedEntry, lockedEntry, type LockfileFault, splitAt } from './locked-package.ts'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import { unquoted } from './yaml-lines.ts'

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`
const HEAD = new RegExp(String.raw`^(${TEXT}|[^\s",:]+)(?:, (?:${TEXT}|[^\s",:]+))*:$`)
const FIELD = new RegExp(String.raw`^  (${TEXT}|[^\s"]+) (${TEXT}|[^\s"]+)$`)
/** The head of what a package needs, and its lines, which are further in. */
const PASSED_OVER = /^(?:  \S+:|    +\S.*)$/

interface Block {
  /** The first of what asked for it: `name@range`. */
  readonly pattern: string
  readonly fields: Map<string, string>
}

const blocksOf = (file: string, fault: LockfileFault): readonly Block[] => {
  const blocks: Block[] = []
  for (const [index, line] of file.replace(/^\uFEFF/, '').split(/\r?\n/).entries()) {
    if (line.length > LOCKFILE_LIMITS.lineChars) throw fault(`line ${index + 1} is too long`)
    if (/^\s*(?:#|$)/.test(line)) continue
    const [, head] = HEAD.exec(line) ?? []
    const [, key, value] = FIELD.exec(line) ?? []
    const block = blocks.at(-1)
    if (head !== undefined) blocks.push({ pattern: unquoted(head, fault), fields: new Map() })
    else if (block !== undefined && key !== undefined && value !== undefined) block.fields.set(unquoted(key, fault), unquoted(value, fault))
    else if (block === undefined || !PASSED_OVER.test(line)) throw fault(`line ${index + 1} is not what yarn writes: ${line.slice(0, 80)}`)
  }
  return blocks
}

/** The first of what a line says that begins a block, `name@range`, without quotes; `undefined` where it begins none. */
export const firstPattern = (line: string): string | undefined => HEAD.exec(line)?.[1]?.replace(/^"(.*)"$/s, '$1')

/** The name in what asked for a package; `undefined` where it was asked for elsewhere than in a registry: an address, a folder, `user/repository`. */
export const askedName = (pattern: string): string | undefined => {
  const [name, range] = splitAt(pattern) ?? [pattern, '']
  if (range.startsWith('npm:')) return (splitAt(range.slice('npm:'.length)) ?? [range.slice('npm:'.length)])[0]
  return /[:/]/.test(range) ? undefined : name
}

/** What yarn writes behind an address is the SHA-1 of the archive; old files have nothing else. */
const shasumBehind = (resolved: string): string | undefined => {
  const [, shasum] = /#([0-9a-f]{40})$/i.exec(resolved) ?? []
  return shasum === undefined ? undefined : parseShasum(shasum)
}

/** Reads what yarn 1 writes. It does not say what is optional. */
export const readYarnClassicLock = (text: string, fault: LockfileFault): readonly LockedEntry[] =>
  blocksOf(text, fault).map(({ pattern, fields }) => {
    const name = askedName(pattern)
    const [version, resolved = ''] = [fields.get('version'), fields.get('resolved')]
    if (version === undefined) throw fault(`${JSON.stringify(pattern.slice(0, 140))} has no version`)
    return name === undefined ? undefined : lockedEntry({ name, version, resolved, integrity: fields.get('integrity') ?? shasumBehind(resolved) }, fault)
  })
