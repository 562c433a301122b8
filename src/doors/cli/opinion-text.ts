import { type IdentityId, type OpinionStatement, type PackageName, shortIdentity } from '#core'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { momentText } from './quantities.ts'

/** What a publisher has, under some names or (none) all. */
export const subjectText = (identity: IdentityId, names: readonly PackageName[], look: Look): string =>
  names.length === 0 ? `everything of ${look.bold(shortIdentity(identity))}` : `${names.map(look.bold).join(', ')} of ${shortIdentity(identity)}`

const LEVELS = { vouch: 'you vouch for', block: 'you warn of', none: 'you took back what you said of' } as const

/** All that is said of somebody else, in one line, to the one who says it. */
export const opinionText = (said: OpinionStatement, look: Look): string => {
  const because = said.why === undefined ? '' : `: ${plainText(said.why)}`
  if (said.type === 'advisory') {
    const versions = `${look.bold(said.name)} ${plainText(said.range)} of ${shortIdentity(said.target)}`
    const words = said.severity === 'none' ? `you took back your advice against ${versions}` : `you advise against ${versions} (${said.severity})`
    const more = said.ref === undefined ? '' : ` (${plainText(said.ref)})`
    return `${words}${because}${more}${said.fix === undefined ? '' : `; repaired in ${said.fix}`}`
  }
  const until = said.expires === undefined ? '' : `, until ${momentText(said.expires * 1000)}`
  return `${LEVELS[said.level]} ${subjectText(said.target, said.names, look)}${until}${because}`
}
