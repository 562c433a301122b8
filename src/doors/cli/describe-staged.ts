import type { ApprovedReply, NpmUploadsReply, SignaturesReply, StagedListReply, StagedReply, UploadReply } from '#doors/control'
import type { Look } from './look.ts'
import { opinionText } from './opinion-text.ts'
import { targetLines } from './describe-targets.ts'
import { plainText } from './plain-text.ts'
import { momentText, sizeText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

/** How many signatures there are, of how many. */
export const signaturesText = ({ signatures, need, people, human }: SignaturesReply): string => {
  const persons = human === 0 ? '' : `, ${people} of ${human} by people`
  return `${signatures} of ${need}${persons}`
}

/** How what was signed just now is completed; nothing where no signature is missing. `what`: how `ggen approve` calls it. */
export const missingText = (staged: SignaturesReply | undefined, what: string): string =>
  staged === undefined ? '' : `it waits for signatures: ${signaturesText(staged)}; approve it: ggen approve ${what}\n`

/** What `ggen approve` calls it. A word about every version has none of its own. */
const nameOf = (staged: StagedReply): string => {
  if (staged.says === 'opinion') return staged.op
  return staged.version === '*' ? staged.name : `${staged.name}@${staged.version}`
}

/** What it says, in one line. */
const wordsOf = (staged: StagedReply, look: Look): string => {
  if (staged.says === 'opinion') return opinionText(staged.opinion, look)
  return staged.says === 'release' ? 'release' : `${staged.version === '*' ? 'every version' : 'it'} is ${staged.says}`
}

/** Tables are not painted inside. */
const unpainted = (look: Look): Look => ({ ...look, bold: (text) => text })

const columns = (look: Look): readonly Column<StagedReply>[] => [
  { title: 'WHAT', cell: nameOf },
  { title: 'SINCE', cell: ({ at }) => momentText(at * 1000), whole: ({ at }) => String(at) },
  { title: 'SIGNATURES', cell: signaturesText },
  { title: 'SAYS', cell: (staged) => wordsOf(staged, look) },
]

const UPLOADED: readonly Column<UploadReply>[] = [
  { title: 'HANDED IN', cell: ({ name, version }) => plainText(`${name}@${version}`) },
  { title: 'SINCE', cell: ({ at }) => momentText(at), whole: ({ at }) => String(at) },
  { title: 'SIZE', cell: ({ sizeBytes }) => sizeText(sizeBytes) },
]

/** What waits for signatures, and what waits for the first one, as tables. */
export const stagedText = ({ staged, uploads }: StagedListReply & NpmUploadsReply, look: Look): string =>
  [
    ...(staged.length === 0 ? [] : [tableText(staged, columns(unpainted(look)), look)]),
    ...(uploads.length === 0 ? [] : [tableText(uploads, UPLOADED, look)]),
  ].join('\n')

/** Where nothing waits. */
export const stagedRemark = ({ staged, uploads }: StagedListReply & NpmUploadsReply): string | undefined =>
  (staged.length + uploads.length === 0 ? 'nothing waits to be approved' : undefined)

/** What is about to be signed, for somebody who is to look at it. */
export const toApproveText = (staged: StagedReply, look: Look): string => {
  if (staged.says === 'opinion') return `${opinionText(staged.opinion, look)}\nit is about @${staged.opinion.target}\n`
  const words = staged.says === 'release' ? `a release, verified here: ${plainText(staged.digest ?? '')}` : `it is to be ${staged.says}`
  return `${look.bold(`${staged.name} ${staged.version}`)}: ${words}\n`
}

/** What was signed just now, and whether that is enough. */
export const approvedText = (reply: ApprovedReply, look: Look): string => {
  const isDone = reply.signatures >= reply.need && reply.people >= reply.human
  const done = reply.says === 'release' ? 'everybody can choose it now' : `it counts now${reply.says === 'opinion' ? ' for whoever follows you' : ''}`
  const rest = isDone ? done : `it still waits: ${signaturesText(reply)}`
  const what = reply.says === 'opinion' ? opinionText(reply.opinion, look) : look.bold(`${reply.name} ${reply.version}`)
  return `approved ${what}\n${rest}\n${targetLines(reply.targets)}`
}
