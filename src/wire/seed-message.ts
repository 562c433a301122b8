import type { IdentityId, OpId, PackageName } from '#core'
import { asOpId, asPackageName, decodeMessage, encodeMessage, type Fields, frameInvalid, opCid } from './fields.ts'

/** What a node asks over `/ggen/seed/1`: will you keep a copy of this release? Bytes in docs/protocol/seed.md. */
export interface SeedQuestion {
  readonly release: OpId
  readonly identity: IdentityId
  readonly name: PackageName
}

/**
 * Why a peer keeps no copy. `policy`: it does not seed this · `quota`: its disk has no room · `unknown-release`: it could not learn of it ·
 * `busy`: it has enough to fetch. The last two may be other in a moment.
 */
export type SeedRefusal = 'policy' | 'quota' | 'unknown-release' | 'busy'

/** `willing`: it will fetch the archive by itself · `held`: it has it. Both are claims. */
export type SeedAnswer = { readonly answer: 'willing' | 'held' } | { readonly answer: 'declined'; readonly why: SeedRefusal }

const REFUSALS: readonly SeedRefusal[] = ['policy', 'quota', 'unknown-release', 'busy']

/** Bytes of a question. */
export const encodeSeedQuestion = ({ release, identity, name }: SeedQuestion): Uint8Array =>
  encodeMessage({ release: opCid(release), id: opCid(identity), name })

/** Parses a question; throws `frame-invalid`. */
export const decodeSeedQuestion = (bytes: Uint8Array): SeedQuestion => {
  const fields = decodeMessage(bytes, ['release', 'id', 'name'])
  return { release: asOpId(fields['release']), identity: asOpId(fields['id']) as IdentityId, name: asPackageName(fields['name']) }
}

/** Bytes of an answer. */
export const encodeSeedAnswer = (answer: SeedAnswer): Uint8Array => encodeMessage({ ...answer })

/** Parses an answer; throws `frame-invalid`. */
export const decodeSeedAnswer = (bytes: Uint8Array): SeedAnswer => {
  const fields = decodeMessage(bytes, ['answer'], ['why'])
  const { answer } = fields
  if (answer === 'declined') return { answer, why: asRefusal(fields) }
  if ((answer !== 'willing' && answer !== 'held') || Object.hasOwn(fields, 'why')) throw frameInvalid('an answer that is not known')
  return { answer }
}

const asRefusal = ({ why }: Fields): SeedRefusal => {
  const known = REFUSALS.find((one) => one === why)
  if (known === undefined) throw frameInvalid('a reason that is not known')
  return known
}
