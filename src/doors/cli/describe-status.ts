import type { SaidStatus } from './commands/outcome.ts'
import { missingText } from './describe-staged.ts'
import { targetLines } from './describe-targets.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count } from './quantities.ts'

const VERBS = { live: 'stands again', deprecated: 'is deprecated', yanked: 'is yanked', withdrawn: 'is withdrawn' } as const

/** Who has heard of a statement so far. */
export const toldText = (peers: number): string =>
  peers === 0 ? 'nobody is connected: others hear of it when they are' : `${count(peers, 'peer')} told, the others hear of it when they compare`

/** What became of a version. */
export const saidText = ({ name, version, state, why, peers, staged, targets }: SaidStatus, look: Look): string => {
  const subject = version === '*' ? `every version of ${look.bold(name)}` : look.bold(`${name} ${version}`)
  const missing = missingText(staged, version === '*' ? name : `${name}@${version}`)
  return `${subject} ${VERBS[state]}${why === undefined ? '' : `: ${plainText(why)}`}\n${missing}${toldText(peers)}\n${targetLines(targets)}`
}
