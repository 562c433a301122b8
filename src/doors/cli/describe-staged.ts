import type { SignaturesReply, StagedListReply, StagedReply } from '#doors/control'
import type { Look } from './look.ts'
import { momentText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

/** How many signatures there are, of how many. */
export const signaturesText = ({ signatures, need, people, human }: SignaturesReply): string => {
  const persons = human === 0 ? '' : `, ${people} of ${human} by people`
  return `${signatures} of ${need}${persons}`
}

const COLUMNS: readonly Column<StagedReply>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'SAYS', cell: ({ says }) => says },
  { title: 'SINCE', cell: ({ at }) => momentText(at * 1000), whole: ({ at }) => String(at) },
  { title: 'SIGNATURES', cell: signaturesText },
]

/** What waits for signatures, as a table. */
export const stagedText = ({ staged }: StagedListReply, look: Look): string => (staged.length === 0 ? '' : tableText(staged, COLUMNS, look))

/** What was signed just now, and whether that is enough. */
export const approvedText = (reply: StagedReply, look: Look): string => {
  const isDone = reply.signatures >= reply.need && reply.people >= reply.human
  const rest = isDone ? 'everybody can choose it now' : `it still waits: ${signaturesText(reply)}`
  return `approved ${look.bold(`${reply.name} ${reply.version}`)}\n${rest}\n`
}
