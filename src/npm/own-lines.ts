import { type NpmrcLine, npmrcLines } from './npmrc-line.ts'
import { isLoopback } from './upstream-address.ts'

/**
 * What `ggen npm setup` writes into an `.npmrc`: above each line of its own a comment. `; ggen: added` says that nothing was there; `; ggen: registry=X` holds
 * the line that was there, as it was.
 */
export const MARK = '; ggen: '
export const ADDED = `${MARK}added`

/** The line `registry=` or `@scope:registry=`: what setup points at the door. */
export const isRegistryKey = (key: string): boolean => key === 'registry' || /^@[^/:]+:registry$/.test(key)

/** What stands in the place of `//127.0.0.1:PORT/npm/:_authToken=` and names this machine. */
const isOwnToken = (key: string): boolean => {
  const address = /^(\/\/.+):_authToken$/.exec(key)?.[1]
  return address !== undefined && isLoopback(URL.parse(`http:${address}`)?.hostname ?? '')
}

/** npm goes to where a lock file says that an archive is, for other registries than the public one, unless it is told to ask its own instead. */
export const REPLACE_HOST = 'replace-registry-host'
export const ALWAYS = 'always'

const isOwnRegistry = ({ key = '', value = '' }: NpmrcLine): boolean => isRegistryKey(key) && isLoopback(URL.parse(value)?.hostname ?? '')

/** The line that a comment holds; `undefined`: it holds none, for it says that nothing was there, or it is no such comment. */
export const heldLine = ({ text }: NpmrcLine): NpmrcLine | undefined =>
  text.startsWith(MARK) && text !== ADDED ? npmrcLines(text.slice(MARK.length))[0] : undefined

/**
 * Whether `line` is one that setup wrote below `above`: it leads to this machine, or makes npm ask there, and the comment is about its key. A line that the
 * user has changed since then is the user's.
 */
export const isOwnLine = (line: NpmrcLine, above: NpmrcLine | undefined): boolean => {
  if (above === undefined || line.key === undefined) return false
  const isReplacing = line.key === REPLACE_HOST && line.value === ALWAYS
  if (!isReplacing && !isOwnRegistry(line) && !isOwnToken(line.key)) return false
  return above.text === ADDED || heldLine(above)?.key === line.key
}
