import { GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { type NpmrcLine, npmrcLines } from './npmrc-line.ts'
import { changeOf, type ChangedSettings, joined, type OwnLines, type SettingsChange, usualEnd, withoutOwn } from './own-edits.ts'
import { ADDED, ALWAYS, heldLine, isOwnLine, isRegistryKey, MARK, REPLACE_HOST } from './own-lines.ts'
import { isLoopback } from './upstream-address.ts'

/** What clients shall be told of the door. */
export interface DoorSettings {
  /** Its address on this machine, `http://127.0.0.1:PORT/npm/`. */
  readonly url: string
  /** Scopes that shall come through it although the file says nothing of them, each with its `@`. */
  readonly scopes?: readonly string[]
  /** Scopes that the file leads elsewhere, and that shall stay so, each with its `@`. */
  readonly apart?: readonly string[]
  /** What clients show to the door: npm sends no publish without one. */
  readonly token?: string
}

const OWN: OwnLines<NpmrcLine> = { isOwn: isOwnLine, heldIn: heldLine }

/** Refuses what could not be found again in a file, or would mean something else there. Throws `usage`. */
export const checkDoor = ({ url, scopes = [], token }: DoorSettings): URL => {
  const door = URL.parse(url)
  if (door === null || !isLoopback(door.hostname) || door.username !== '' || door.search !== '' || door.hash !== '' || !/^[\w./:[\]-]+$/.test(door.href)) {
    throw new GgenError('usage', 'the door for npm has an address of this machine, such as http://127.0.0.1:4003/npm/')
  }
  const wrong = scopes.find((scope) => !/^@[a-z0-9~-][a-z0-9._~-]*$/.test(scope))
  if (wrong !== undefined) throw new GgenError('usage', `not a scope: ${JSON.stringify(wrong.slice(0, 140))}`, { hint: 'scopes look like @acme' })
  if (token !== undefined && !(/^[\w.~+/=-]+$/.test(token) && token.length <= NPM_TEXT_LIMITS.tokenChars)) {
    throw new GgenError('usage', 'a token has letters, digits and the signs . ~ + / = - _ alone')
  }
  return door
}

const linesFor = (door: DoorSettings, named: readonly string[]): ReadonlyMap<string, string> => {
  const { host, pathname, href } = checkDoor(door)
  const [scopes, apart] = [door.scopes ?? [], door.apart ?? []].map((some) => some.map((scope) => `${scope}:registry`)) as [string[], string[]]
  const keys = [...named, ...scopes].filter((key) => key !== 'registry' && !apart.includes(key)).toSorted()
  const registries = ['registry', ...new Set(keys)].map((key) => [key, `${key}=${href}`] as const)
  const place = `//${host}${pathname}:_authToken`
  const tokens = door.token === undefined ? [] : [[place, `${place}=${door.token}`] as const]
  return new Map([...registries, [REPLACE_HOST, `${REPLACE_HOST}=${ALWAYS}`], ...tokens])
}

const registryKeys = (lines: readonly NpmrcLine[]): readonly string[] => lines.flatMap(({ key = '' }) => (isRegistryKey(key) ? [key] : []))

const ownByKey = (lines: readonly NpmrcLine[]): ReadonlyMap<string, NpmrcLine> =>
  new Map(lines.flatMap((line, index) => (isOwnLine(line, lines[index - 1]) && line.key !== undefined ? [[line.key, line] as const] : [])))

/** Puts an own line in the place of what counts now, or at the top where nothing does: below the head of a section it would mean nothing. */
const put = (lines: readonly NpmrcLine[], key: string, text: string): readonly NpmrcLine[] => {
  const end = usualEnd(lines)
  const at = lines.findLastIndex((line) => line.key === key)
  const before = lines[at]
  if (before === undefined) return [{ text: ADDED, end }, { text, end }, ...lines]
  return lines.toSpliced(at, 1, { text: MARK + before.text, end: before.end === '' ? end : before.end }, { text, end: before.end })
}

/**
 * Leads npm, pnpm 10, yarn 1 and bun through the door: every registry that an `.npmrc` names, and the one for all; and lets npm
 * ask there also for what a lock file says to be elsewhere. What was there stays in comments;
 * `takeOutNpmrc` gives back the very text. Done again it changes nothing, or the address alone. Throws `usage`.
 */
export const setUpNpmrc = (text: string, door: DoorSettings): ChangedSettings => {
  const old = npmrcLines(text)
  const was = ownByKey(old)
  const bare = withoutOwn(old, OWN).lines
  const wanted = linesFor(door, registryKeys(old))
  let lines = bare
  const changes: SettingsChange[] = []
  for (const [key, own] of wanted) {
    const before = was.get(key) ?? bare.findLast((line) => line.key === key)
    lines = put(lines, key, own)
    if (before?.text !== own) changes.push(changeOf(before, { text: own, end: '' }))
  }
  for (const [key, line] of was) if (!wanted.has(key)) changes.push(changeOf(line, bare.findLast((one) => one.key === key)))
  return { text: joined(lines), changes }
}

/** Gives back what an `.npmrc` was before `setUpNpmrc`, byte for byte; what the user wrote since then stays. */
export const takeOutNpmrc = (text: string): ChangedSettings => {
  const { lines, changes } = withoutOwn(npmrcLines(text), OWN)
  return { text: joined(lines), changes }
}
