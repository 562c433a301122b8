import type { CheckRow } from './commands/check-row.ts'
import type { FileFacts, Listing } from './commands/machine.ts'
import { count } from './quantities.ts'
import { shellWord } from './shell-word.ts'

export interface FilesFacts {
  readonly home: string
  /** `undefined` where files have no owners and modes (Windows). */
  readonly userId: number | undefined
  readonly listing: Listing | undefined
}

const WRITE = 0o022
const ANY = 0o077
const KEYS = /^(?:keys(?:\/|$)|control\.token)/
/** Whoever can open it can have things signed. */
const AGENT = 'agent.sock'
/** Holds no secret, and its owner writes it. */
const CONFIG = 'config.toml'

/** Whether the home folder, the keys and everything else are the user's alone. */
export const checkFiles = ({ home, userId, listing }: FilesFacts): readonly CheckRow[] => {
  if (listing === undefined) return [{ check: 'home', state: 'ok', finding: `there is no ${home} yet: the first node makes it` }]
  if (userId === undefined) {
    const finding = `${home} is there; who may read it, Windows keeps elsewhere`
    return [{ check: 'home', state: 'unknown', finding, advice: 'keep it in your own profile folder' }]
  }
  const [folder, ...inside] = listing.files
  const keys = inside.filter(({ path }) => KEYS.test(path))
  const agent = inside.find(({ path }) => path === AGENT)
  const others = inside.filter(({ path }) => !KEYS.test(path) && path !== AGENT)
  return [
    ...(folder === undefined ? [] : [homeRow(home, folder, userId)]),
    keysRow(home, keys, userId),
    ...(agent === undefined ? [] : [agentRow(home, agent, userId)]),
    othersRow(home, { files: others, isWhole: listing.isWhole }, userId),
  ]
}

const isOpen = ({ mode, kind }: FileFacts, bits: number): boolean => kind !== 'link' && (mode & bits) !== 0

const homeRow = (home: string, folder: FileFacts, userId: number): CheckRow => {
  const row = { check: 'home', advice: `chmod go= ${shellWord(home)}` }
  const other = 'choose a folder of your own with GGEN_HOME'
  if (folder.kind !== 'folder') return { ...row, state: 'fail', finding: `${home} is not a folder`, advice: other }
  if (folder.owner !== userId) return { ...row, state: 'fail', finding: `${home} belongs to another user`, advice: other }
  if (isOpen(folder, WRITE)) return { ...row, state: 'fail', finding: `others can write to ${home}: no node starts there` }
  if (isOpen(folder, ANY)) return { ...row, state: 'warn', finding: `others can look into ${home}` }
  return { check: 'home', state: 'ok', finding: `${home} is yours alone` }
}

const listed = (home: string, files: readonly FileFacts[]): string => {
  const [first] = files
  return `${home}/${first?.path}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`
}

const keysRow = (home: string, keys: readonly FileFacts[], userId: number): CheckRow => {
  const foreign = keys.filter(({ owner }) => owner !== userId)
  const links = keys.filter(({ kind }) => kind === 'link')
  const open = keys.filter((file) => isOpen(file, ANY))
  const row = { check: 'keys', state: 'fail' } as const
  if (keys.length === 0) return { check: 'keys', state: 'ok', finding: 'there are no keys yet' }
  const folder = shellWord(`${home}/keys`)
  if (foreign.length > 0) return { ...row, finding: `${listed(home, foreign)} belongs to another user`, advice: `sudo chown -R ${userId} ${folder}` }
  if (links.length > 0) return { ...row, finding: `${listed(home, links)} is a symbolic link: it is not used`, advice: 'put the file itself there' }
  if (open.length === 0) return { check: 'keys', state: 'ok', finding: 'only you can read the keys' }
  const advice = open.every(({ path }) => path.startsWith('control.token'))
    ? `rm ${shellWord(`${home}/control.token`)}, and start the node again: others may have read it`
    : `chmod -R go= ${folder}; if others use this machine, take it that they have read them`
  return { ...row, finding: `others can read ${listed(home, open)}: it is not used`, advice }
}

const agentRow = (home: string, agent: FileFacts, userId: number): CheckRow => {
  const row = { check: 'agent', state: 'fail', advice: `ggen id lock; then look what is at ${shellWord(`${home}/${AGENT}`)}` } as const
  if (agent.kind !== 'socket') return { ...row, finding: `${home}/${AGENT} is not a socket: no agent can listen there` }
  if (agent.owner !== userId) return { ...row, finding: `${home}/${AGENT} belongs to another user: it is not used` }
  if (isOpen(agent, ANY)) return { ...row, finding: `others can open ${home}/${AGENT}, and have the agent sign for them` }
  return { check: 'agent', state: 'ok', finding: 'only you can open the socket of the agent' }
}

const othersRow = (home: string, { files, isWhole }: Listing, userId: number): CheckRow => {
  const row = { check: 'files', advice: `chmod -R go= ${shellWord(home)}` }
  const foreign = files.filter(({ owner }) => owner !== userId)
  const closed = files.filter(({ kind }) => kind === 'closed')
  const links = files.filter(({ kind }) => kind === 'link')
  const writable = files.filter((file) => isOpen(file, WRITE))
  const readable = files.filter((file) => file.path !== CONFIG && isOpen(file, ANY))
  if (foreign.length > 0) {
    const finding = `${listed(home, foreign)} belongs to another user: was a node started as one?`
    return { ...row, state: 'fail', finding, advice: `sudo chown -R ${userId} ${shellWord(home)}` }
  }
  const allowed = `chmod -R u+rwX ${shellWord(home)}`
  if (closed.length > 0) return { ...row, state: 'fail', finding: `you may not look into ${listed(home, closed)}`, advice: allowed }
  if (writable.length > 0) return { ...row, state: 'fail', finding: `others can write to ${listed(home, writable)}` }
  if (readable.length > 0) return { ...row, state: 'warn', finding: `others can read ${listed(home, readable)}, unless the folders above keep them out` }
  const look = 'look where it leads'
  if (links.length > 0) return { ...row, state: 'warn', finding: `${listed(home, links)} is a symbolic link, which ggen never makes`, advice: look }
  const amount = count(files.length, 'file or folder', 'files and folders')
  return { check: 'files', state: 'ok', finding: isWhole ? `${amount} below it are yours alone` : `the first ${amount} below it are yours alone` }
}
