import type { PublicKey } from '#core'
import { readEnvelope, sealEnvelope, type Signature, signatureCapacity } from './envelope.ts'
import { check } from './op-fault.ts'
import { readPayload } from './read-payload.ts'

const compareSignatures = (a: Signature, b: Signature): number => (a.key === b.key ? Buffer.compare(a.signature, b.signature) : a.key < b.key ? -1 : 1)

/** One signature per key. A key that signed twice differently is represented by the smaller one, so that the order of merging cannot matter. */
const unite = (signatures: readonly Signature[]): Signature[] => {
  const byKey = new Map<PublicKey, Signature>()
  for (const signature of signatures.toSorted(compareSignatures)) if (!byKey.has(signature.key)) byKey.set(signature.key, signature)
  return [...byKey.values()]
}

/**
 * The union of the signatures of two envelopes of one payload; commutative and associative. Where more than fit (16, or the size
 * limit) come together, the feed's owner stays, then the `wanted` keys, then the smallest keys: name the keys of the roles in force
 * as `wanted`, so that strangers' signatures cannot crowd out those that count. Throws `op-invalid` (`envelope`) if the payloads differ.
 */
export const mergeEnvelopes = (a: Uint8Array, b: Uint8Array, wanted: ReadonlySet<PublicKey> = new Set()): Uint8Array => {
  const [first, second] = [readEnvelope(a), readEnvelope(b)]
  check(Buffer.compare(first.payload, second.payload) === 0, 'envelope', 'the envelopes hold different payloads')
  const draft = readPayload(first.payload)
  const feed = 'feed' in draft ? draft.feed : undefined
  const rank = ({ key }: Signature): number => (key === feed ? 0 : wanted.has(key) ? 1 : 2)
  const kept = unite([...first.signatures, ...second.signatures])
    .sort((x, y) => rank(x) - rank(y) || compareSignatures(x, y))
    .slice(0, signatureCapacity(first.payload.length))
  return sealEnvelope(first.payload, kept)
}
