import { shortIdentity } from '#core'
import type { ImportReply } from './commands/import-index.ts'
import type { VerifiedLock } from './commands/verify-lock.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

type Dispute = ImportReply['disputes'][number]
type Left = ImportReply['left'][number]

const shortDigest = (digest: string): string => `${digest.slice(0, 19)}…`

const DISPUTES: readonly Column<Dispute>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'AT FIRST', cell: ({ first }) => shortDigest(first), whole: ({ first }) => first },
  { title: 'LATER', cell: ({ later }) => shortDigest(later), whole: ({ later }) => later },
  { title: 'SINCE', cell: ({ since, isNew }) => (isNew ? 'now' : momentText(since)), whole: ({ since }) => String(since) },
]

const LEFT: readonly Column<Left>[] = [
  { title: 'NOT IMPORTED', cell: ({ label }) => label },
  { title: 'CODE', cell: ({ code }) => code },
  { title: 'WHY', cell: ({ why }) => why },
]

const section = (text: string): string => (text === '' ? '' : `\n${text}`)

/** What an import did, and what it found that somebody should look at. */
export const importText = ({ of, shape, identity, imported, known, disputes, left, dryRun }: ImportReply, look: Look): string => {
  const isNew = disputes.filter((one) => one.isNew).length
  const fields = fieldsText([
    ['publisher', identity && `${shortIdentity(identity)} (${identity})`],
    ['index', shape],
    [dryRun === true ? 'to import' : 'imported', count(imported.length, 'version')],
    ['known', count(known, 'version')],
    ['disputed', `${count(disputes.length, 'version')}${isNew > 0 && isNew < disputes.length ? `, ${isNew} of them new` : ''}`],
    ['left', left.length === 0 ? '' : count(left.length, 'entry', 'entries')],
  ], look)
  const tables = [disputes.length === 0 ? '' : tableText(disputes, DISPUTES, look), left.length === 0 ? '' : tableText(left, LEFT, look)]
  return `${dryRun === true ? 'a mirror of' : 'mirrored'} ${look.bold(plainText(of))}\n\n${fields}${tables.map(section).join('')}`
}

type Pack = VerifiedLock['packs'][number]

const PACKS: readonly Column<Pack>[] = [
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'PACK', cell: ({ name }) => name },
  { title: 'RULE', cell: ({ rule }) => rule ?? '-', whole: ({ rule }) => rule ?? '' },
  { title: 'WHERE', cell: ({ path, source, why }) => (why === undefined ? (path ?? source) : `${path ?? source}: ${why}`) },
]

/** Each pack of a lock of upstream's program, and whether it is what the lock names. */
export const packsText = ({ packs }: VerifiedLock, look: Look): string => (packs.length === 0 ? '' : tableText(packs, PACKS, look))
