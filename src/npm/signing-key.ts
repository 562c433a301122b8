import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { GgenError, type Random } from '#core'
import { keyIdOf, type RegistryKey } from './registry-keys.ts'
import { signedText, type VersionBytes, type VersionSignature } from './registry-signatures.ts'
import { Secret } from './secret.ts'

/** The key that this node signs with what it serves to the clients of npm registries. */
export interface SigningKey {
  readonly keyid: string
  readonly privateKey: KeyObject
}

const signingKey = (privateKey: KeyObject): SigningKey => ({ keyid: keyIdOf(createPublicKey(privateKey)), privateKey })

/** How many points P-256 has. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const PKCS8_HEAD = Buffer.from('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex')
/** 8 more than a key has, so that no key is likelier than others: FIPS 186-5, A.2.1. */
const DRAWN_BYTES = 40

/** A new key. */
export const makeSigningKey = (random: Random): SigningKey => {
  const drawn = BigInt(`0x${Buffer.from(random.bytes(DRAWN_BYTES)).toString('hex')}`)
  const scalar = Buffer.from(((drawn % (ORDER - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex')
  return signingKey(createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, scalar]), format: 'der', type: 'pkcs8' }))
}

/** The key as text (PKCS #8, PEM), to be kept. */
export const writeSigningKey = ({ privateKey }: SigningKey): Secret => new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

const damaged = (cause?: unknown): GgenError =>
  new GgenError('store-broken', 'the key that signs for npm clients cannot be read', { ...(cause !== undefined && { cause }) })

/** Parses what `writeSigningKey` gave; throws `store-broken`. */
export const parseSigningKey = (pem: string): SigningKey => {
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(pem)
  } catch (cause) {
    throw damaged(cause)
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw damaged()
  return signingKey(privateKey)
}

/** As it goes among the keys of a registry; it never expires. */
export const toRegistryKey = ({ keyid, privateKey }: SigningKey): RegistryKey => ({ keyid, publicKey: createPublicKey(privateKey) })

/** What goes into `dist.signatures`. */
export const signVersion = (version: VersionBytes, { keyid, privateKey }: SigningKey): VersionSignature =>
  ({ keyid, sig: sign('sha256', signedText(version), privateKey).toString('base64') })
