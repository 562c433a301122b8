import { isFeedOp, isOpinion, type PublicKey } from '#core'
import { readEnvelope, sealEnvelope, type Signature, signatureCapacity } from './envelope.ts'
import type { OpDraft } from './op-draft.ts'
import { check } from './op-fault.ts'
import { readPayload } from './read-payload.ts'

const compareSignatures = (a: Signature, b: Signature): number => (a.key === b.key ? Buffer.compare(a.signature, b.signature) : a.key < b.key ? -1 : 1)

/** One signature per key. A key that signed twice differently is represented by the smaller one, so that the order of merging cannot matter. */
const unite = (signatures: readonly Signature[]): Signature[] => {
  const byKey = new Map<PublicKey, Signature>()
  for (const signature of signatures.toSorted(compareSignatures)) if (!byKey.has(signature.key)) byKey.set(signature.key, signature)
  return [...byKey.values()]
}

/** The keys that the payload itself calls for: the owner of the feed, the key that says it, or those that a genesis or roles op gives a part to. */
const keysNamedIn = (draft: OpDraft): ReadonlySet<PublicKey> => {
  if (isFeedOp(draft)) return new Set([draft.feed])
  if (isOpinion(draft)) return new Set([draft.key])
  const { root, recovery, release } = draft.body
  return new Set([...root.keys, ...recovery.keys, ...release.map(({ key }) => key)])
}

/**
 * The union of the signatures of two envelopes of one payload, in either order while it fits (16, or the size limit). Anybody may sign
 * anything, so where more come together strangers must not push out a signature that counts: first stay those of keys that the payload
 * names, then of the `wanted` keys (name the keys of the roles in force), then all that `held` has, and then the smallest keys.
 * Throws `op-invalid` (`envelope`) if the payloads differ.
 */
export const mergeEnvelopes = (held: Uint8Array, other: Uint8Array, wanted: ReadonlySet<PublicKey> = new Set()): Uint8Array => {
  const [first, second] = [readEnvelope(held), readEnvelope(other)]
  check(Buffer.compare(first.payload, second.payload) === 0, 'envelope', 'the envelopes hold different payloads')
  const named = keysNamedIn(readPayload(first.payload))
  const heldKeys = new Set(first.signatures.map(({ key }) => key))
  const order = [named, wanted, heldKeys]
  const rank = ({ key }: Signature): number => (order.some((keys) => keys.has(key)) ? order.findIndex((keys) => keys.has(key)) : order.length)
  const kept = unite([...first.signatures, ...second.signatures])
    .sort((x, y) => rank(x) - rank(y) || compareSignatures(x, y))
    .slice(0, signatureCapacity(first.payload.length))
  return sealEnvelope(first.payload, kept)
}
