import { GgenError, LIMITS } from '#core'
import { sealedHeader } from './sealed-header.ts'
import { damaged } from './strict-json.ts'

/** What locks and opens secrets: a passphrase, or an age identity (`AGE-SECRET-KEY-1…`). */
export type Lock = { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'identity'; readonly identity: string }

/** The words of the library for: none of the keys fits. */
const NO_MATCH = 'no identity matched any of the file\'s recipients'

/** Refuses a passphrase that is too short to protect anything, or longer than any. Throws `usage`. */
export const checkPassphrase = (passphrase: string): void => {
  const { length } = [...passphrase]
  const range = `a passphrase has ${LIMITS.passphraseLeastChars} to ${LIMITS.passphraseChars} characters`
  if (length < LIMITS.passphraseLeastChars || length > LIMITS.passphraseChars) {
    throw new GgenError('usage', range, { hint: 'four or five words that do not belong together are a good one' })
  }
}

/** A new age identity. */
export const makeLockIdentity = async (): Promise<string> => (await import('age-encryption')).generateX25519Identity()

/** Encrypts bytes as an age file. `workFactor` is the binary logarithm of what a guess of the passphrase costs. */
export const seal = async (secret: Uint8Array, lock: Lock, workFactor: number): Promise<Uint8Array> => {
  const { Encrypter, identityToRecipient } = await import('age-encryption')
  const encrypter = new Encrypter()
  if (lock.kind === 'identity') {
    encrypter.addRecipient(await identityToRecipient(lock.identity))
  } else {
    encrypter.setScryptWorkFactor(workFactor)
    encrypter.setPassphrase(lock.passphrase)
  }
  return await encrypter.encrypt(secret)
}

/**
 * Opens an age file. Throws `passphrase-wrong` when the lock does not fit, `store-broken` for bytes that are no sound age file of its kind, or
 * ask for more work than `LIMITS.scryptMostWork`, which is the library's own bound.
 */
export const unseal = async (sealed: Uint8Array, lock: Lock): Promise<Uint8Array> => {
  const header = sealedHeader(sealed)
  if (header?.kind !== (lock.kind === 'passphrase' ? 'scrypt' : 'X25519')) throw damaged('encryption')
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  if (lock.kind === 'passphrase') decrypter.addPassphrase(lock.passphrase)
  else decrypter.addIdentity(lock.identity)
  try {
    return await decrypter.decrypt(sealed)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.message !== NO_MATCH) throw damaged('encryption')
    if (lock.kind === 'passphrase') throw new GgenError('passphrase-wrong', 'the passphrase is wrong', { cause: error })
    throw new GgenError('keyring-unavailable', 'the keyring of the system holds another key than the one that protects this identity', { cause: error })
  }
}
