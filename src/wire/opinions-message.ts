import { type IdentityId, LIMITS, type OpId } from '#core'
import { asList, asOpId, asUint, decodeMessage, encodeMessage, opCid } from './fields.ts'

/** What a node asks over `/ggen/opinions/1`; bytes in docs/protocol/opinions.md. */
export interface OpinionsQuestion {
  readonly identity: IdentityId
  /** A number out of an answer of the same peer, or 0: what came there later is asked for. */
  readonly after: number
}

/** The ids of the next ops of its own chain and of its opinions that are held, in the order in which they came there. */
export interface OpinionsAnswer {
  readonly ids: readonly OpId[]
  /** What to ask for next; the same number that was asked for: there are no more. */
  readonly last: number
}

const NUMBER_MAX = Number.MAX_SAFE_INTEGER

/** Bytes of a question. */
export const encodeOpinionsQuestion = ({ identity, after }: OpinionsQuestion): Uint8Array => encodeMessage({ id: opCid(identity), after })

/** Parses a question; throws `frame-invalid`. */
export const decodeOpinionsQuestion = (bytes: Uint8Array): OpinionsQuestion => {
  const fields = decodeMessage(bytes, ['id', 'after'])
  return { identity: asOpId(fields['id']) as IdentityId, after: asUint(fields['after'], NUMBER_MAX) }
}

/** Bytes of an answer. */
export const encodeOpinionsAnswer = ({ ids, last }: OpinionsAnswer): Uint8Array => encodeMessage({ ids: ids.map(opCid), last })

/** Parses an answer; throws `frame-invalid`. */
export const decodeOpinionsAnswer = (bytes: Uint8Array): OpinionsAnswer => {
  const fields = decodeMessage(bytes, ['ids', 'last'])
  return { ids: asList(fields['ids'], LIMITS.feedIds, asOpId), last: asUint(fields['last'], NUMBER_MAX) }
}
