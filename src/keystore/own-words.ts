import { type FeedOp, GgenError, type IdentityId, isFeedOp, isOpinion, type Op, type OpinionOp, type PublicKey, shortIdentity } from '#core'
import { readUnsigned } from '#trust'

/** A publisher, as one of its release keys speaks for it. */
export interface Author {
  readonly identity: IdentityId
  readonly publicKey: PublicKey
}

/** Whether an op is what this release key says itself: a release, a word on one, an opinion. Not what another key of the same publisher began. */
export const isOwnWord = (op: Op, { identity, publicKey }: Author): op is FeedOp | OpinionOp => {
  if (op.identity !== identity) return false
  return isFeedOp(op) ? op.feed === publicKey : isOpinion(op) && op.key === publicKey
}

/** What an op that nobody has signed yet would say, for people. */
export const purposeOf = (op: FeedOp | OpinionOp): string => {
  switch (op.type) {
    case 'release':
      return `publish ${op.body.name} ${op.body.version}`
    case 'status':
      return `say that ${op.body.name} ${op.body.version} is ${op.body.state}`
    case 'endorse':
      return endorsing(op.body)
    case 'advisory':
      return `${op.body.severity === 'none' ? 'take back advice' : `advise (${op.body.severity})`} against ${op.body.name} ${op.body.range}`
  }
}

const LEVELS = { vouch: 'vouch for', block: 'warn of', none: 'say nothing more of' } as const

const endorsing = ({ level, target, names }: Extract<OpinionOp, { type: 'endorse' }>['body']): string =>
  `${LEVELS[level]} ${shortIdentity(target)}${names.length === 0 ? '' : ` as publisher of ${names.join(', ')}`}`

/**
 * What a payload would say in the name of this key, for people. Throws `op-invalid` for what is no op, and `denied` for everything that is not its own
 * word: whoever holds a release key for somebody signs nothing else with it.
 */
export const readOwnWord = (payload: Uint8Array, author: Author): string => {
  const op = readUnsigned(payload)
  if (isOwnWord(op, author)) return purposeOf(op)
  throw new GgenError('denied', 'the agent signs what its own release key says of its packages and of others, and nothing else', {
    hint: 'run the command without the agent: ggen id lock',
  })
}
