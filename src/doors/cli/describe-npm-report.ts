import type { ServedFrom } from '#core'
import type { Install } from './commands/group-installs.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText, spanText } from './quantities.ts'
import { fieldsText } from './table.ts'

/** How people call where an archive came from. */
export const FROM: Readonly<Record<ServedFrom, string>> = {
  disk: 'this disk', peer: 'peers', network: 'this network', upstream: 'upstream', nowhere: 'not served',
}

/** Newest troubles, and most generous peers, that people see of an install. */
const SHOWN = 10

const installText = ({ client, began, ended, archives, from, peers, savedMs, troubles }: Install, look: Look): string => {
  const rows = from.map(({ from: where, archives: some, bytes }): readonly [string, string] => [FROM[where], `${count(some, 'archive')}, ${sizeText(bytes)}`])
  const givers = peers.slice(0, SHOWN).map(({ peer, archives: some, bytes }) => `  ${plainText(peer)}: ${count(some, 'archive')}, ${sizeText(bytes)}\n`)
  const more = peers.length > SHOWN ? `  and ${count(peers.length - SHOWN, 'other peer')}\n` : ''
  const saved = savedMs === undefined ? 'not known: too little came from upstream to know how fast it is' : `about ${spanText(savedMs)}`
  const failed = troubles.slice(-SHOWN).map(({ name, version, isServed, why }) =>
    `${isServed ? 'after a failure' : 'not served'}: ${plainText(`${name}@${version}: ${why}`)}\n`)
  const head = `${momentText(began)}  ${plainText(client)}, ${count(archives, 'archive')} in ${spanText(ended - began)}`
  return `${look.bold(head)}\n${fieldsText([...rows, ['time saved', saved]], look)}${givers.join('')}${more}${failed.join('')}`
}

/** What each install got from where, what that saved, and what failed: oldest first. */
export const npmReportText = (installs: readonly Install[], look: Look): string => installs.map((install) => installText(install, look)).join('\n')
