import { GgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { changeOf, type ChangedSettings, type FileLine, joined, type OwnLines, type SettingsChange, usualEnd, withoutOwn } from './own-edits.ts'
import { checkDoor, type DoorSettings } from './set-up-npmrc.ts'
import { isLoopback } from './upstream-address.ts'

const MARK = '# ggen: '
const ADDED = `${MARK}added`

const REGISTRY = 'npmRegistryServer'
const TOKEN = 'npmAuthToken'
const HTTP_HOSTS = 'unsafeHttpWhitelist'

const linesOf = (file: string): readonly FileLine[] =>
  [...file.matchAll(/([^\r\n]+)(\r\n|\r|\n|$)|(\r\n|\r|\n)/g)].map(([, text = '', end = '', alone]) => ({ text, end: alone ?? end }))

/** A setting in the first column: its name, and its value with a comment, if any. */
const settingIn = ({ text }: FileLine): { readonly key: string; readonly value: string } | undefined => {
  const [, , key, value = ''] = /^(["']?)([A-Za-z]+)\1\s*:(?:\s+(.*))?$/s.exec(text) ?? []
  return key === undefined ? undefined : { key, value: value.trim() }
}

const plain = (value: string): string => value.replace(/^(["'])(.*)\1$/s, '$2')

const isOwnSetting = (line: FileLine): string | undefined => {
  const { key, value = '' } = settingIn(line) ?? {}
  if (key === REGISTRY) return isLoopback(URL.parse(plain(value))?.hostname ?? '') ? key : undefined
  return key === TOKEN || (key === HTTP_HOSTS && value.startsWith('[')) ? key : undefined
}

const heldIn = ({ text }: FileLine): FileLine | undefined => (text.startsWith(MARK) && text !== ADDED ? { text: text.slice(MARK.length), end: '' } : undefined)

const isOwn = (line: FileLine, above: FileLine | undefined): boolean => {
  if (above === undefined) return false
  const [, indent, host] = /^(\s*)- "([^"]+)"$/.exec(line.text) ?? []
  if (indent !== undefined && host !== undefined) return above.text === indent + ADDED && isLoopback(host)
  const key = isOwnSetting(line)
  const held = heldIn(above)
  return key !== undefined && (above.text === ADDED || (held !== undefined && settingIn(held)?.key === key))
}

const OWN: OwnLines<FileLine> = { isOwn, heldIn }

const unclear = (what: string): GgenError =>
  new GgenError('config-invalid', `.yarnrc.yml: ${what}`, { hint: `write it in one line, or set ${REGISTRY} and ${HTTP_HOSTS} yourself` })

const pair = (lines: readonly FileLine[], at: number, text: string): readonly FileLine[] => {
  const end = usualEnd(lines)
  const before = lines[at]
  if (before === undefined) throw new RangeError(`no line ${at}`)
  return lines.toSpliced(at, 1, { text: MARK + before.text, end: before.end === '' ? end : before.end }, { text, end: before.end })
}

/** New settings stand at the top, below the line that begins the document. */
const added = (lines: readonly FileLine[], text: string): readonly FileLine[] => {
  const head = lines.findIndex((line) => /^---(?:\s|$)/.test(line.text))
  const begin = lines[head]
  if (begin !== undefined && (!/^---\s*(?:#.*)?$/.test(begin.text) || begin.end === '')) throw unclear('something follows --- in its line')
  const end = usualEnd(lines)
  return lines.toSpliced(head + 1, 0, { text: ADDED, end }, { text, end })
}

const isOneLine = (value: string): boolean => /^(?:"[^"\\]*"|'[^']*'|[^\s"'>|&*![{#%@`,?:-][^#]*)(?:\s+#.*)?$/.test(value)

const putSetting = (lines: readonly FileLine[], key: string, text: string): readonly FileLine[] => {
  const at = lines.findLastIndex((line) => settingIn(line)?.key === key)
  if (at === -1) return added(lines, text)
  if (!isOneLine(settingIn(lines[at] ?? { text: '', end: '' })?.value ?? '')) throw unclear(`${key} is not one text in one line`)
  return pair(lines, at, text)
}

/** Yarn speaks http to the hosts of a list alone. */
const putHost = (lines: readonly FileLine[], host: string): readonly FileLine[] => {
  const at = lines.findLastIndex((line) => settingIn(line)?.key === HTTP_HOSTS)
  const value = at === -1 ? undefined : settingIn(lines[at] ?? { text: '', end: '' })?.value.replace(/(?:^|\s+)#.*$/, '')
  if (value === undefined) return added(lines, `${HTTP_HOSTS}: ["${host}"]`)
  const [, hosts] = /^\[([^[\]#{}]*)\]$/.exec(value) ?? []
  if (hosts !== undefined) {
    const all = hosts.split(',').map((one) => one.trim()).filter((one) => one !== '')
    return all.map(plain).includes(host) ? lines : pair(lines, at, `${HTTP_HOSTS}: [${[`"${host}"`, ...all].join(', ')}]`)
  }
  if (value !== '') throw unclear(`${HTTP_HOSTS} is no list that can be added to`)
  const rest = lines.slice(at + 1)
  const first = rest.findIndex(({ text }) => !/^\s*(?:#|$)/.test(text))
  const [, indent] = /^(\s*)- /.exec(rest[first]?.text ?? '') ?? []
  if (indent === undefined) return pair(lines, at, `${HTTP_HOSTS}: ["${host}"]`)
  const items = rest.slice(first).map(({ text }) => /^\s*- (.*)$/.exec(text)?.[1])
  const own = items.slice(0, items.findIndex((item) => item === undefined) >>> 0).map((item = '') => plain(item.trim()))
  if (own.includes(host)) return lines
  const end = usualEnd(lines)
  return lines.toSpliced(at + 1 + first, 0, { text: indent + ADDED, end }, { text: `${indent}- "${host}"`, end })
}

/**
 * Leads yarn 4 through the door: its one registry, the host to which it may speak http, and the token, line by line in a `.yarnrc.yml`, everything else as it
 * is. Scopes with a registry of their own keep it. `takeOutYarnrc` gives back the very text. Throws `usage`, and `config-invalid` where a setting is written in
 * a way that cannot be replaced line by line.
 */
export const setUpYarnrc = (text: string, door: DoorSettings): ChangedSettings => {
  const { href, hostname } = checkDoor(door)
  if (text.length > NPM_TEXT_LIMITS.settingsChars) throw unclear('it is too large')
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const old = linesOf(text.slice(mark.length))
  const { lines: bare } = withoutOwn(old, OWN)
  if (bare.some((line) => /^(?:\{|\[|\?|"[^"]*$)/.test(line.text))) throw unclear('it is not a list of settings, one a line')
  if (hostname.startsWith('[')) throw new GgenError('usage', 'yarn takes the signs of an IPv6 address for a pattern: name the door by 127.0.0.1 or localhost')
  let lines = putHost(putSetting(bare, REGISTRY, `${REGISTRY}: "${href}"`), hostname)
  if (door.token !== undefined) lines = putSetting(lines, TOKEN, `${TOKEN}: "${door.token}"`)
  return { text: mark + joined(lines), changes: changesBetween(old, lines) }
}

const KEYS = [REGISTRY, HTTP_HOSTS, TOKEN]

const changesBetween = (old: readonly FileLine[], lines: readonly FileLine[]): readonly SettingsChange[] => {
  const find = (among: readonly FileLine[], key: string): FileLine | undefined => among.findLast((line) => settingIn(line)?.key === key)
  const settings = KEYS.map((key) => [find(old, key), find(lines, key)] as const)
    .filter(([before, after]) => before?.text !== after?.text)
    .map(([before, after]) => changeOf(before, after))
  const items = (among: readonly FileLine[]): readonly FileLine[] =>
    among.filter((line, index) => /^\s*- /.test(line.text) && isOwn(line, among[index - 1]))
  const was = new Set(items(old).map(({ text }) => text))
  return [...settings, ...items(lines).filter((line) => !was.has(line.text)).map((line) => changeOf(undefined, line))]
}

/** Gives back what a `.yarnrc.yml` was before `setUpYarnrc`, byte for byte; what the user wrote since then stays. */
export const takeOutYarnrc = (text: string): ChangedSettings => {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const { lines, changes } = withoutOwn(linesOf(text.slice(mark.length)), OWN)
  return { text: mark + joined(lines), changes }
}
