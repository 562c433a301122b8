import { createHash } from 'node:crypto'
import { type IdentityId, isGgenError, type Op, type OpId, opIdOfHash } from '#core'
import { type DecodeCbor, decodeCanonical, decodeStored } from './cbor.ts'
import { readEnvelope, type Signature } from './envelope.ts'
import type { OpDraft } from './op-draft.ts'
import { check } from './op-fault.ts'
import { readPayload } from './read-payload.ts'
import { signingBytes } from './signing-bytes.ts'
import { isSignedBy } from './verify-signature.ts'

/** The id of the op with this payload: CIDv1, dag-cbor, sha2-256. */
export const opIdOf = (payload: Uint8Array): OpId => opIdOfHash(createHash('sha256').update(payload).digest())

const compose = (draft: OpDraft, id: OpId, signed: Pick<Op, 'signers' | 'bytes'>): Op =>
  draft.type === 'genesis' ? { ...draft, id, identity: id as IdentityId, ...signed } : { ...draft, id, ...signed }

const open = (bytes: Uint8Array, decode: DecodeCbor, verify: (payload: Uint8Array, signatures: readonly Signature[]) => void): Op => {
  const { payload, signatures } = readEnvelope(bytes, decode)
  const draft = readPayload(payload, decode)
  const signers = new Set(signatures.map(({ key }) => key))
  if (draft.type === 'release' || draft.type === 'status') check(signers.has(draft.feed), 'signature', 'the owner of the feed did not sign')
  verify(payload, signatures)
  return compose(draft, opIdOf(payload), { signers, bytes: Uint8Array.from(bytes) })
}

const verifyAll = (payload: Uint8Array, signatures: readonly Signature[]): void => {
  const message = signingBytes(payload)
  for (const { key, signature } of signatures) check(isSignedBy(key, message, signature), 'signature', 'a signature is wrong')
}

/**
 * Envelope bytes to the op they are: size, strict decoding, canonical form, schema, grammar, every signature. Pure. Throws
 * `op-invalid` with an `OpFault` as `details.reason`, and nothing else, whatever the bytes are. The op keeps a copy of the bytes.
 */
export const openOp = (envelope: Uint8Array): Op => open(envelope, decodeCanonical, verifyAll)

/** What a payload says, strictly read, before anybody has signed it: `signers` and `bytes` are empty. Throws `op-invalid`. */
export const readUnsigned = (payload: Uint8Array): Op => compose(readPayload(payload), opIdOf(payload), { signers: new Set(), bytes: new Uint8Array() })

/** The same without checking signatures and spelling: ONLY for envelopes that `openOp` took before. */
export const reopenOp = (envelope: Uint8Array): Op => open(envelope, decodeStored, () => undefined)

/** The id that the op in an envelope has if it is one. Nothing of it is verified but that there is a payload; throws `op-invalid` otherwise. */
export const envelopeId = (envelope: Uint8Array): OpId => opIdOf(readEnvelope(envelope, decodeStored).payload)

/** An op, or why an envelope holds none. */
export type Opened = { readonly op: Op; readonly fault?: undefined } | { readonly op?: undefined; readonly fault: string }

/** Opens envelopes as `openOp` does, and says of each what is wrong with it instead of throwing. */
export const openEach = (envelopes: readonly Uint8Array[]): Opened[] =>
  envelopes.map((envelope): Opened => {
    try {
      return { op: openOp(envelope) }
    } catch (error) {
      if (!isGgenError(error, 'op-invalid')) throw error
      const { reason } = error.details
      return { fault: typeof reason === 'string' ? reason : error.code }
    }
  })
