import { GgenError, type IdentityId, isOpinion, type OneRegistry, type Op, type OpId, type OpinionOp, type StatusOp, versionSlot } from '#core'
import type { Intent, TrustStore } from '#store'
import { type IdentityView, openOp, type PackageView, readUnsigned, sealEnvelope, type Signature } from '#trust'

export interface Signing {
  readonly signatures: readonly Signature[]
  readonly check: (op: Op) => void
}

/**
 * Takes the signatures of what was prepared and makes it durable, in one transaction: from here on it is never forgotten and never
 * changed. Doing it twice gives the same op. `check` throws for an op that nobody would accept: what is kept is announced again at every start. Throws
 * what `check` throws, `publish-expired` when the intent is gone, and `op-invalid` when a signature is wrong.
 */
export const signIntent = (trust: TrustStore, id: OpId, { signatures, check }: Signing): Op =>
  trust.transact(() => {
    const intent = trust.intent(id)
    if (intent === undefined) throw new GgenError('publish-expired', 'this publish was replaced by a later one or by a restart')
    if (intent.envelope !== undefined) return openOp(intent.envelope)
    const op = openOp(sealEnvelope(intent.payload, signatures))
    check(op)
    trust.updateIntent(id, { state: 'signed', envelope: op.bytes })
    trust.putOwnOp(op)
    return op
  })

/** Something that is signed, and who alone is told of it; absent: everybody. */
export interface SignedOp {
  readonly op: Op
  readonly tells?: OneRegistry
}

/** What a crash left behind: ops that were signed and not yet announced. Intents that nobody signed are dropped; their publisher is told to try again. */
export const unfinishedOps = (trust: TrustStore): SignedOp[] =>
  trust.transact(() => {
    const intents = trust.intents()
    for (const intent of intents) if (intent.state === 'prepared') trust.removeIntent(intent.id)
    return intents.flatMap(({ envelope, tells }) => (envelope === undefined ? [] : [{ op: openOp(envelope), ...(tells !== undefined && { tells }) }]))
  })

export interface KnownNow {
  readonly identity: (id: IdentityId) => IdentityView | undefined
  readonly package: (id: IdentityId, name: NonNullable<Intent['name']>) => PackageView | undefined
  /** The latest date on what an identity has said of the same, Unix seconds. */
  readonly latestWord: (id: IdentityId, about: (StatusOp | OpinionOp)['body']) => number
}

/**
 * What the network told between preparing and committing may have taken the place, or the time: another machine with the same key, another key of
 * the same identity. Throws `publish-expired`; preparing again then finds a conflict, the same release, or the new end of the chain.
 */
export const assertStillNext = (intent: Intent, known: KnownNow): void => {
  if (intent.state !== 'prepared' || isStillNext(intent, known)) return
  throw new GgenError('publish-expired', `another record ${intent.name === undefined ? 'of this identity' : `of ${intent.name}`} came between`)
}

const isStillNext = ({ identity, name, opinion, feed, version, seq, payload }: Intent, known: KnownNow): boolean => {
  const op = readUnsigned(payload)
  if ((op.type === 'status' || isOpinion(op)) && known.latestWord(identity, op.body) >= op.at) return false
  if (opinion !== undefined) return true
  if (name === undefined || feed === undefined) return (known.identity(identity)?.seq ?? seq) < seq
  const view = known.package(identity, name)
  const holder = version === undefined ? undefined : view?.releases.get(versionSlot(version))
  const end = view?.heads.get(feed)
  return holder === undefined && (end === undefined || end.seq < seq)
}
