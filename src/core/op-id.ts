import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'

/** The name of an op: the CIDv1 (dag-cbor, sha2-256, base32) of its payload. Co-signatures do not change it. */
export type OpId = Brand<string, 'OpId'>

/** A publisher: the op id of its genesis. */
export type IdentityId = Brand<OpId, 'IdentityId'>

/** An Ed25519 public key as multikey: `ed01` and the 32 bytes in hexadecimal. */
export type PublicKey = Brand<string, 'PublicKey'>

/** The characters at both ends hold bits of the fixed head and padding: only these spell a sha2-256 of 32 bytes, each hash once. */
const CID_TEXT = /^bafyrei[a-h][a-z2-7]{50}[aeimquy4]$/

/** Whether a text has the form of an op id. */
export const isOpId = (text: string): text is OpId => CID_TEXT.test(text)

/** Parses an identity; throws `name-invalid`, because users write identities as part of names. */
export const parseIdentityId = (text: string): IdentityId => {
  if (!CID_TEXT.test(text)) throw new GgenError('name-invalid', `not an identity: ${JSON.stringify(text.slice(0, 80))}`)
  return text as IdentityId
}

/** For people: the last twelve characters in groups of four. Display only, never accepted as input. */
export const shortIdentity = (identity: IdentityId): string => (identity.slice(-12).match(/.{4}/g) ?? []).join('-')
