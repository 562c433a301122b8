import { type FeedOp, GgenError, type OpId, type Version, versionSlot } from '#core'
import type { Catalogue, TrustStore } from '#store'
import { type IdentityView, mergeEnvelopes, openOp, type PackageView, payloadOf, sealEnvelope, type Signature } from '#trust'

/** The record about a version that waits for more signatures. Throws `version-not-found` where nothing does. */
export const stagedOp = (known: PackageView, version: Version | undefined): FeedOp => {
  const waiting = known.staged.filter(({ body }) => version === undefined || (body.version !== '*' && versionSlot(body.version) === versionSlot(version)))
  const [first] = waiting
  if (first !== undefined) return first
  throw new GgenError('version-not-found', `nothing of ${known.name}${version === undefined ? '' : `@${version}`} waits to be approved`, {
    hint: 'see what waits with: ggen approve',
  })
}

/** How many keys signed and must, and how many of them people hold. */
export interface SignatureCount {
  readonly signatures: number
  readonly need: number
  readonly people: number
  readonly human: number
}

/** Signatures that count for an op, and how many it takes. */
export const signaturesOf = (op: FeedOp, identity: IdentityView): SignatureCount => {
  const roles = identity.chain.find(({ id }) => id === op.body.roles)?.body ?? identity.roles
  const signed = roles.release.filter(({ key }) => op.signers.has(key))
  return { signatures: signed.length, need: roles.need, people: signed.filter(({ auto }) => auto !== true).length, human: roles.human ?? 0 }
}

export interface CoSigning {
  readonly signatures: readonly Signature[]
  /** Throws for an op that nobody would accept. */
  readonly check: (op: FeedOp) => void
}

/**
 * Adds signatures to a record that is here, and makes the result durable: from here on it is never forgotten. Doing it twice gives the same op. Throws
 * `version-not-found` when the record is not here, `op-invalid` when a signature is wrong, and what `check` throws.
 */
export const coSign = ({ catalogue, trust }: { readonly catalogue: Catalogue; readonly trust: TrustStore }, id: OpId, signing: CoSigning): FeedOp => {
  const held = catalogue.opBytes(id)
  if (held === undefined) throw new GgenError('version-not-found', 'the record that waits for the signature is not here any more')
  const op = openOp(mergeEnvelopes(held, sealEnvelope(payloadOf(held), signing.signatures), new Set(signing.signatures.map(({ key }) => key))))
  if (!('feed' in op)) throw new GgenError('op-invalid', 'only releases and words about them are approved')
  signing.check(op)
  trust.putOwnOp(op)
  return op
}
