import { LIMITS, type PublicKey } from '#core'
import { decodeCanonical } from './decode-cbor.ts'
import { encodeCbor } from './encode-cbor.ts'
import { publicKeyOf } from './fields.ts'
import type { KeyPair } from './key-pair.ts'
import { check } from './op-fault.ts'
import { publicKeyBytes } from './public-key.ts'
import { signingBytes } from './signing-bytes.ts'

const VERSION = 1
const SIGNATURE_BYTES = 64
/** CBOR heads around the payload, and one entry of the signature list with its heads. */
const ENVELOPE_HEAD_BYTES = 6
const ENTRY_BYTES = 103

/** One signature of an envelope. */
export interface Signature {
  readonly key: PublicKey
  readonly signature: Uint8Array
}

/** An envelope taken apart. Nothing in it has been verified. */
export interface Envelope {
  readonly payload: Uint8Array
  readonly signatures: readonly Signature[]
}

/** An upper bound of the size of an envelope. */
export const envelopeBytes = (payloadBytes: number, signatures: number): number => ENVELOPE_HEAD_BYTES + payloadBytes + ENTRY_BYTES * signatures

/** How many signatures a payload of this size can carry. */
export const signatureCapacity = (payloadBytes: number): number =>
  Math.min(LIMITS.opSignatures, Math.floor((LIMITS.opBytes - envelopeBytes(payloadBytes, 0)) / ENTRY_BYTES))

const checkSigners = (signatures: readonly Signature[]): void => {
  check(signatures.length >= 1 && signatures.length <= LIMITS.opSignatures, 'envelope', 'an envelope has 1 to 16 signatures')
  check(new Set(signatures.map(({ key }) => key)).size === signatures.length, 'envelope', 'a key signs twice')
}

const isSignature = (value: unknown): value is Uint8Array => value instanceof Uint8Array && value.length === SIGNATURE_BYTES

const isPair = (value: unknown): value is readonly [unknown, unknown] => Array.isArray(value) && value.length === 2

const readSignature = (value: unknown): Signature => {
  check(isPair(value), 'envelope', 'a signature is not a pair')
  const [key, signature] = value
  check(isSignature(signature), 'envelope', 'a signature is not 64 bytes')
  return { key: publicKeyOf(key, 'signer'), signature }
}

/** Takes envelope bytes apart, strictly, into views of them. Throws `op-invalid`; verifies no signature and does not look into the payload. */
export const readEnvelope = (bytes: Uint8Array): Envelope => {
  check(bytes.length <= LIMITS.opBytes, 'size', `an op has at most ${LIMITS.opBytes} bytes`)
  const value = decodeCanonical(bytes)
  check(Array.isArray(value) && value.length === 3, 'envelope', 'an envelope is a list of three')
  const [version, payload, list] = value as readonly unknown[]
  check(typeof version === 'number', 'envelope', 'an envelope begins with its version')
  check(version === VERSION, 'version', 'the envelope is of another version')
  check(payload instanceof Uint8Array, 'envelope', 'the payload is not bytes')
  check(Array.isArray(list) && list.length <= LIMITS.opSignatures, 'envelope', 'an envelope has 1 to 16 signatures')
  const signatures = list.map(readSignature)
  checkSigners(signatures)
  return { payload, signatures }
}

/** A copy of the payload of an envelope that was opened before. */
export const payloadOf = (envelope: Uint8Array): Uint8Array => Uint8Array.from(readEnvelope(envelope).payload)

/** The envelope of a payload, its signatures in the order of their keys, so that equal sets give equal bytes. Throws `op-invalid`; verifies nothing. */
export const sealEnvelope = (payload: Uint8Array, signatures: readonly Signature[]): Uint8Array => {
  checkSigners(signatures)
  check(signatures.every(({ signature }) => isSignature(signature)), 'envelope', 'a signature is not 64 bytes')
  const ordered = signatures.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const entries = ordered.map(({ key, signature }) => [publicKeyBytes(key), Uint8Array.from(signature)])
  const bytes = encodeCbor([VERSION, Uint8Array.from(payload), entries])
  check(bytes.length <= LIMITS.opBytes, 'size', `an op has at most ${LIMITS.opBytes} bytes`)
  return bytes
}

/** The envelope of a payload, signed by each of the keys. Throws `op-invalid`. */
export const signPayload = (payload: Uint8Array, keys: readonly KeyPair[]): Uint8Array => {
  const message = signingBytes(payload)
  return sealEnvelope(payload, keys.map((key) => ({ key: key.publicKey, signature: key.sign(message) })))
}
