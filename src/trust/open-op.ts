import { hash } from 'node:crypto'
import { type IdentityId, isFeedOp, isGgenError, isOpinion, type Op, type OpId, opIdOfHash } from '#core'
import { readEnvelope, type Signature } from './envelope.ts'
import type { OpDraft } from './op-draft.ts'
import { check } from './op-fault.ts'
import { readPayload } from './read-payload.ts'
import { signingBytes } from './signing-bytes.ts'
import { isSignedBy } from './verify-signature.ts'

/** The id of the op with this payload: CIDv1, dag-cbor, sha2-256. */
export const opIdOf = (payload: Uint8Array): OpId => opIdOfHash(hash('sha256', payload, 'buffer'))

const compose = (draft: OpDraft, id: OpId, signed: Pick<Op, 'signers' | 'bytes'>): Op =>
  draft.type === 'genesis' ? { ...draft, id, identity: id as IdentityId, ...signed } : { ...draft, id, ...signed }

/** An op that says what it may say, before anybody looked at its signatures. */
interface Unverified {
  readonly op: Op
  readonly payload: Uint8Array
  readonly signatures: readonly Signature[]
}

const read = (bytes: Uint8Array): Unverified => {
  const { payload, signatures } = readEnvelope(bytes)
  const draft = readPayload(payload)
  const signers = new Set(signatures.map(({ key }) => key))
  if (isFeedOp(draft)) check(signers.has(draft.feed), 'signature', 'the owner of the feed did not sign')
  if (isOpinion(draft)) check(signers.has(draft.key), 'signature', 'the key that says it did not sign')
  return { op: compose(draft, opIdOf(payload), { signers, bytes: new Uint8Array(bytes) }), payload, signatures }
}

const verify = ({ op, payload, signatures }: Unverified): Op => {
  const message = signingBytes(payload)
  for (const { key, signature } of signatures) check(isSignedBy(key, message, signature), 'signature', 'a signature is wrong')
  return op
}

/**
 * Envelope bytes to the op they are: size, strict decoding, canonical form, schema, grammar, every signature. Pure. Throws
 * `op-invalid` with an `OpFault` as `details.reason`, and nothing else, whatever the bytes are. The op keeps a copy of the bytes.
 */
export const openOp = (envelope: Uint8Array): Op => verify(read(envelope))

/** What a payload says, strictly read, before anybody has signed it: `signers` and `bytes` are empty. Throws `op-invalid`. */
export const readUnsigned = (payload: Uint8Array): Op => compose(readPayload(payload), opIdOf(payload), { signers: new Set(), bytes: new Uint8Array() })

/** The same without checking signatures: ONLY for envelopes that `openOp` took before. */
export const reopenOp = (envelope: Uint8Array): Op => read(envelope).op

/** The id that the op in an envelope has if it is one. Nothing of it is verified but that there is a payload; throws `op-invalid` otherwise. */
export const envelopeId = (envelope: Uint8Array): OpId => opIdOf(readEnvelope(envelope).payload)

/** An op, or why an envelope holds none. */
export type Opened = { readonly op: Op; readonly fault?: undefined } | { readonly op?: undefined; readonly fault: string }

/** What was made of something, or why nothing could be. */
type Attempt<T> = { readonly made: T; readonly fault?: undefined } | { readonly made?: undefined; readonly fault: string }

const attempt = <T>(work: () => T): Attempt<T> => {
  try {
    return { made: work() }
  } catch (error) {
    if (!isGgenError(error, 'op-invalid')) throw error
    const { reason } = error.details
    return { fault: typeof reason === 'string' ? reason : error.code }
  }
}

/**
 * Opens envelopes as `openOp` does, and says of each what is wrong with it instead of throwing. All are read before the first signature is looked
 * at: reading is quicker when nothing comes between.
 */
export const openEach = (envelopes: readonly Uint8Array[]): Opened[] =>
  envelopes.map((envelope) => attempt(() => read(envelope))).map(({ made, fault }): Opened => {
    if (made === undefined) return { fault }
    const opened = attempt(() => verify(made))
    return opened.made === undefined ? { fault: opened.fault } : { op: opened.made }
  })
