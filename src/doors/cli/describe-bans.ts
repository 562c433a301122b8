import type { AllowedReply, BanReply, BansReply, ConnectedReply, DisallowReply, UnbanReply } from '#doors/control'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { durationText, momentText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

type Row = Partial<Omit<BanReply, 'subject' | 'since'>> & { readonly subject: string; readonly since: number }

const BY: Readonly<Record<BanReply['by'], string>> = { user: 'you', node: 'the node' }

/** A ban ends in the second after the last one that is shown. */
const leftText = ({ by, remainingMs }: Row): string => {
  if (by === undefined) return '-'
  return remainingMs === undefined ? 'no end' : durationText(Math.ceil(remainingMs / 1000))
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'PEER', cell: ({ subject }) => subject },
  { title: 'IS', cell: ({ by }) => (by === undefined ? 'allowed' : 'banned') },
  { title: 'LEFT', align: 'right', cell: leftText, whole: ({ remainingMs }) => (remainingMs === undefined ? '' : String(remainingMs)) },
  { title: 'BY', cell: ({ by = 'user' }) => BY[by], whole: ({ by = 'user' }) => by },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  { title: 'WHY', cell: ({ reason = '' }) => (reason === '' ? '-' : reason), whole: ({ reason = '' }) => reason },
]

export const bansText = ({ bans, allowed }: BansReply, look: Look): string => {
  const rows: readonly Row[] = [...bans, ...allowed.map(({ peer: subject, since }) => ({ subject, since }))]
  return rows.length === 0 ? '' : tableText(rows, COLUMNS, look)
}

export const bannedText = ({ subject, forMs, reason }: BanReply, look: Look): string => {
  const span = forMs === undefined ? 'until you lift it' : `for ${durationText(forMs / 1000)}`
  return `banned ${look.bold(subject)} ${span}${reason === '' ? '' : `: ${plainText(reason)}`}\n`
}

/** Who was reached, and where. */
export const connectedText = (connected: readonly ConnectedReply[], look: Look): string =>
  connected.map(({ peer, address }) => `connected to ${look.bold(peer)} at ${plainText(address)}\n`).join('')

export const unbannedText = ({ unbanned }: UnbanReply, look: Look): string => `${look.bold(unbanned)} is not banned any more\n`

export const allowedText = ({ peer }: AllowedReply, look: Look): string => `${look.bold(peer)} is never banned from now on\n`

export const disallowedText = ({ disallowed }: DisallowReply, look: Look): string => `${look.bold(disallowed)} is like any other peer again\n`
