import { GgenError, type OpId, type ReleaseOp } from '#core'
import type { Intent, TrustStore } from '#store'
import { openOp, sealEnvelope } from '#trust'

/**
 * Takes the signature of a prepared release and makes it durable, in one transaction: from here on the release is never forgotten and never
 * changed. Doing it twice gives the same op. Throws `publish-expired` when the intent is gone, `op-invalid` when the signature is wrong.
 */
export const signIntent = (trust: TrustStore, id: OpId, signature: Uint8Array): ReleaseOp =>
  trust.transact(() => {
    const intent = trust.intent(id)
    if (intent === undefined) throw new GgenError('publish-expired', 'this publish was replaced by a later one or by a restart')
    if (intent.envelope !== undefined) return signedOp(intent)
    const op = openOp(sealEnvelope(intent.payload, [{ key: intent.feed, signature }]))
    if (op.type !== 'release') throw new GgenError('op-invalid', 'an intent holds a release')
    trust.updateIntent(id, { state: 'signed', envelope: op.bytes })
    trust.putOwnOp(op)
    return op
  })

/** What a crash left behind: releases that were signed and not yet announced. Intents that nobody signed are dropped; their publisher is told to try again. */
export const unfinishedReleases = (trust: TrustStore): ReleaseOp[] =>
  trust.transact(() => {
    const intents = trust.intents()
    for (const intent of intents) if (intent.state === 'prepared') trust.removeIntent(intent.id)
    return intents.filter(({ state }) => state === 'signed').map(signedOp)
  })

const signedOp = (intent: Intent): ReleaseOp => {
  const op = intent.envelope === undefined ? undefined : openOp(intent.envelope)
  if (op?.type !== 'release') throw new GgenError('store-broken', 'a signed intent without its release')
  return op
}
