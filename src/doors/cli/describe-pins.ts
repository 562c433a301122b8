import { shortIdentity } from '#core'
import type { PinReply, PinsReply, ReplicationReply, UnpinReply } from '#doors/control'
import type { Look } from './look.ts'
import { momentText, sizeText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

const SINCE_PIN: Readonly<Record<PinReply['reason'], string>> = { pin: 'pinned', own: 'published here' }

const PIN_COLUMNS: readonly Column<PinReply>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'PUBLISHER', cell: ({ identity }) => shortIdentity(identity), whole: ({ identity }) => identity },
  {
    title: 'SIZE', align: 'right',
    cell: ({ sizeBytes }) => (sizeBytes === undefined ? '-' : sizeText(sizeBytes)),
    whole: ({ sizeBytes }) => (sizeBytes === undefined ? '' : String(sizeBytes)),
  },
  { title: 'SINCE', cell: ({ since }) => momentText(since), whole: ({ since }) => String(since) },
  { title: 'WHY', cell: ({ reason }) => SINCE_PIN[reason], whole: ({ reason }) => reason },
]

export const pinsText = ({ pins }: PinsReply, look: Look): string => (pins.length === 0 ? '' : tableText(pins, PIN_COLUMNS, look))

export const pinnedText = ({ name, version, sizeBytes }: PinReply, look: Look): string =>
  `pinned ${look.bold(`${name} ${version}`)}${sizeBytes === undefined ? '' : ` (${sizeText(sizeBytes)})`}: it stays here until you unpin it\n`

export const unpinnedText = ({ unpinned }: UnpinReply, look: Look): string =>
  unpinned.map(({ name, version }) => `unpinned ${look.bold(`${name} ${version}`)}: it may go when room is needed\n`).join('')

const DECLINED: Readonly<Record<ReplicationReply['declined'][number]['why'], string>> = {
  policy: 'does not seed this package',
  quota: 'has no room',
  'unknown-release': 'could not learn of it',
  busy: 'has enough to fetch',
  silent: 'gave no answer',
  lied: 'claimed to hold it and gave other bytes',
}

/** Who has a copy, who has promised one, and why others have none: one line for each peer. */
export const replicationFields = ({ wanted, holders, promised, declined }: ReplicationReply): readonly (readonly [label: string, value: string])[] => {
  const lines = (label: string, values: readonly string[]): (readonly [string, string])[] =>
    values.map((value, index) => [index === 0 ? label : '', value] as const)
  return [
    ...lines('copies', [`${holders.length} of ${wanted} on other nodes`, ...holders]),
    ...lines('promised', promised),
    ...lines('declined', declined.map(({ peer, why }) => `${peer} ${DECLINED[why]}`)),
  ]
}
