import { type AdvisoryBody, type EndorseBody, GgenError, type OpinionStatement, type PublicKey } from '#core'
import type { TrustStore } from '#store'
import { type IdentityView, maySpeakOfOthers } from '#trust'
import { Range } from 'semver'
import { journalOp, type PreparedOp } from './journal-op.ts'

export interface OpinionSituation {
  readonly identity: IdentityView
  /** The release key that will say it. */
  readonly key: PublicKey
  /** Unix milliseconds. */
  readonly now: number
  /** Unix seconds: not older than what it stands on, and newer than what was said of the same one before. */
  readonly notBefore: number
}

/**
 * Fixes the exact payload of a word about somebody else, and journals it. Throws `denied` for a key that may not speak for every name, `range-invalid`
 * for a range that means nothing, `usage` for an end that is over, and `op-invalid` for what no reader would accept.
 */
export const prepareOpinion = (trust: TrustStore, { identity, key, now, notBefore }: OpinionSituation, statement: OpinionStatement): PreparedOp => {
  if (!maySpeakOfOthers(identity.roles, key, now / 1000)) {
    throw new GgenError('denied', 'this key may not speak of others, or no longer: it would have to be one for every name', {
      hint: 'see what your keys may do with: ggen id show',
    })
  }
  const head = { identity: identity.identity, key, seq: 0 as const, at: Math.max(Math.floor(now / 1000), notBefore) }
  if (statement.type === 'advisory') {
    const { type, ...said } = statement
    assertRange(said.range)
    const body: AdvisoryBody = { roles: identity.head, ...said }
    return trust.transact(() => journalOp(trust, { type, ...head, body }, { now }))
  }
  const { type, ...said } = statement
  if (said.expires !== undefined && said.expires * 1000 <= now) throw new GgenError('usage', 'the time until which this should count is over')
  const body: EndorseBody = { roles: identity.head, ...said }
  return trust.transact(() => journalOp(trust, { type, ...head, body }, { now }))
}

const assertRange = (range: string): void => {
  try {
    new Range(range)
  } catch (error) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range.slice(0, 80))}`, { cause: error })
  }
}
