import { type FeedOp, GgenError, isChainOp, type OpId, type OpinionOp, type Version, versionSlot } from '#core'
import type { Catalogue, TrustStore } from '#store'
import { countedSigners, type IdentityView, mergeEnvelopes, openOp, type PackageView, payloadOf, sealEnvelope, type Signature } from '#trust'

/** The record about a version that waits for more signatures. Throws `version-not-found` where nothing does. */
export const stagedOp = (known: PackageView, version: Version | undefined): FeedOp => {
  const waiting = known.staged.filter(({ body }) => version === undefined || (body.version !== '*' && versionSlot(body.version) === versionSlot(version)))
  const [first] = waiting
  if (first !== undefined) return first
  throw nothingWaits(`nothing of ${known.name}${version === undefined ? '' : `@${version}`} waits to be approved`)
}

/** The one of the words about others that wait for more signatures. Throws `version-not-found` where it does not. */
export const stagedOpinion = (waiting: readonly OpinionOp[], id: OpId): OpinionOp => {
  const found = waiting.find((op) => op.id === id)
  if (found !== undefined) return found
  throw nothingWaits(`nothing that you say of others waits to be approved under the id ${id}`)
}

const nothingWaits = (message: string): GgenError => new GgenError('version-not-found', message, { hint: 'see what waits with: ggen approve' })

/** How many keys signed and must, and how many of them people hold. */
export interface SignatureCount {
  readonly signatures: number
  readonly need: number
  readonly people: number
  readonly human: number
}

/** Signatures that count for an op, and how many it takes. */
export const signaturesOf = (op: FeedOp | OpinionOp, identity: IdentityView): SignatureCount => {
  const roles = identity.chain.find(({ id }) => id === op.body.roles)?.body ?? identity.roles
  const signed = countedSigners(op, roles)
  return { signatures: signed.length, need: roles.need, people: signed.filter(({ auto }) => auto !== true).length, human: roles.human ?? 0 }
}

/** Whether that is enough. */
export const isEnough = ({ signatures, need, people, human }: SignatureCount): boolean => signatures >= need && people >= human

export interface CoSigning {
  readonly signatures: readonly Signature[]
  /** Throws for an op that nobody would accept. */
  readonly check: (op: FeedOp | OpinionOp) => void
}

/**
 * Adds signatures to a record that is here, and makes the result durable: from here on it is never forgotten. Doing it twice gives the same op. Throws
 * `version-not-found` when the record is not here, `op-invalid` when a signature is wrong, and what `check` throws.
 */
export const coSign = (
  { catalogue, trust }: { readonly catalogue: Catalogue; readonly trust: TrustStore }, id: OpId, signing: CoSigning,
): FeedOp | OpinionOp => {
  const held = catalogue.opBytes(id)
  if (held === undefined) throw new GgenError('version-not-found', 'the record that waits for the signature is not here any more')
  const op = openOp(mergeEnvelopes(held, sealEnvelope(payloadOf(held), signing.signatures), new Set(signing.signatures.map(({ key }) => key))))
  if (isChainOp(op)) throw new GgenError('op-invalid', 'only releases, words about them and words about others are approved')
  signing.check(op)
  trust.putOwnOp(op)
  return op
}
