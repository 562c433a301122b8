import type { NpmKeptListReply } from '#doors/control'
import type { NpmKeptLock } from './commands/outcome.ts'
import { missingText } from './describe-npm-warm.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText } from './quantities.ts'
import { fieldsText, tableText } from './table.ts'

const keptText = ({ lockfile, archives, bytes, missing, copies: { wanted, lowest, share, peers } }: NpmKeptLock, look: Look): string => {
  const percent = `${Math.floor(share * 100)} %`
  const givers = peers.map(({ peer, archives: some }) => `  ${plainText(peer)}: ${count(some, 'archive')}\n`).join('')
  const fields = fieldsText([
    ['kept here', `${count(archives, 'archive')}, ${sizeText(bytes)}`],
    ['copies', `at least ${lowest} on other nodes; ${percent} of the archives have ${wanted}`],
  ], look)
  return `${look.bold(plainText(lockfile))}\n${fields}${givers}${missingText(missing)}`
}

/** What lock files keep here, how many others have copies, and what is missing. */
export const npmKeptText = (kept: readonly NpmKeptLock[], look: Look): string => kept.map((one) => keptText(one, look)).join('\n')

/** `2 of 3, 80 %`: the archive that has the fewest copies has two, and eight of ten archives have three. */
const copiesCell = (copies: NpmKeptListReply['kept'][number]['copies']): string => {
  if (copies === undefined) return ''
  const { wanted, seen } = copies
  if (seen === undefined) return `? of ${wanted}`
  return `${seen.lowest} of ${wanted}${seen.share === 1 ? '' : `, ${Math.floor(seen.share * 100)} %`}`
}

/** Everything that stays, what for, and how many others have copies. */
export const npmKeptListText = ({ kept }: NpmKeptListReply, look: Look): string =>
  tableText(kept, [
    { title: 'ARCHIVES', cell: ({ archives }) => String(archives), align: 'right' },
    { title: 'BYTES', cell: ({ bytes }) => sizeText(bytes), whole: ({ bytes }) => String(bytes), align: 'right' },
    { title: 'COPIES', cell: ({ copies }) => copiesCell(copies) },
    { title: 'SEEN', cell: ({ copies }) => (copies?.seen === undefined ? '' : momentText(copies.seen.at)) },
    { title: 'SINCE', cell: ({ since }) => momentText(since) },
    { title: 'FOR', cell: ({ lockfile, peer = '' }) => lockfile ?? `peer ${peer}` },
  ], look)
