import { GgenError, type Random } from '#core'
import { keyPairFromSeed } from '#trust'
import type { HeldKey, IdentityFile, KeyRole, Protection } from './identity-file.ts'
import type { OsKeyring } from './os-keyring.ts'
import { checkPassphrase, type Lock, makeLockIdentity, seal, unseal } from './sealing.ts'
import { damaged } from './strict-json.ts'

/** How new secrets are to be protected. */
export type Guard = { readonly kind: 'none' } | { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'keyring' }

/** A key with its 32-byte seed in the clear. */
export interface OpenKey {
  readonly role: KeyRole
  readonly label?: string
  readonly seed: Uint8Array
}

export interface SealParts {
  readonly keyring: OsKeyring
  readonly random: Random
  /** Binary logarithm of what one guess of a passphrase costs; `LIMITS.scryptWorkFactor` but for tests. */
  readonly workFactor: number
}

type Protected = Pick<IdentityFile, 'protection' | 'keys'>

const SEED_BYTES = 32
const ENTRY_BYTES = 8

/** The lock of a passphrase. Throws `passphrase-needed` without one. */
export const passphraseLock = (passphrase: string | undefined): Lock => {
  if (passphrase === undefined) throw new GgenError('passphrase-needed', 'a passphrase protects these keys')
  return { kind: 'passphrase', passphrase }
}

/** The public side of an open key. */
export const publicKeyOf = ({ seed }: OpenKey): HeldKey['publicKey'] => keyPairFromSeed(seed).publicKey

/** Encrypts and opens the secrets of an identity file, each on its own, so that using one key never opens another. */
export class KeySeals {
  readonly #parts: SealParts

  constructor(parts: SealParts) {
    this.#parts = parts
  }

  /** Throws `usage` for a passphrase that cannot be one, `keyring-unavailable`. */
  async seal(keys: readonly OpenKey[], guard: Guard): Promise<Protected> {
    if (guard.kind === 'none') return { protection: guard, keys: await this.#sealEach(keys, undefined) }
    if (guard.kind === 'keyring') return await this.#sealForKeyring(keys)
    checkPassphrase(guard.passphrase)
    return { protection: { kind: 'passphrase' }, keys: await this.#sealEach(keys, guard) }
  }

  /** New keys get the protection of those that are there, which must open: two passphrases in one file would lose one of them. */
  async sealLike({ protection, keys: [first] }: Protected, keys: readonly OpenKey[], passphrase: string | undefined): Promise<readonly HeldKey[]> {
    const lock = await this.#lockOf(protection, passphrase)
    if (first !== undefined) await this.#openOne(first, lock)
    return await this.#sealEach(keys, lock)
  }

  /** Whatever the file says: what comes out are the seeds of the public keys beside them. */
  async open({ protection, keys }: Protected, passphrase: string | undefined): Promise<readonly OpenKey[]> {
    const lock = await this.#lockOf(protection, passphrase)
    const open: OpenKey[] = []
    for (const key of keys) open.push(await this.#openOne(key, lock))
    return open
  }

  /** Drops what a protection needs beside the file; the file must not be used any more. */
  async forget(protection: Protection): Promise<void> {
    if (protection.kind === 'keyring') await this.#parts.keyring.delete(protection.entry)
  }

  async #sealForKeyring(keys: readonly OpenKey[]): Promise<Protected> {
    const { random, keyring } = this.#parts
    const [entry, identity] = [`identity-${Buffer.from(random.bytes(ENTRY_BYTES)).toString('hex')}`, await makeLockIdentity()]
    await keyring.set(entry, identity)
    // A keyring that forgets at once would take the keys with it.
    if ((await keyring.get(entry)) !== identity) throw new GgenError('keyring-unavailable', 'the keyring of the system does not keep what it is given')
    return { protection: { kind: 'keyring', entry }, keys: await this.#sealEach(keys, { kind: 'identity', identity }) }
  }

  async #lockOf(protection: Protection, passphrase: string | undefined): Promise<Lock | undefined> {
    if (protection.kind === 'none') return undefined
    if (protection.kind === 'passphrase') return passphraseLock(passphrase)
    const identity = await this.#parts.keyring.get(protection.entry)
    if (identity !== undefined) return { kind: 'identity', identity }
    throw new GgenError('keyring-unavailable', `the keyring of the system has no entry ${protection.entry}, which protects these keys`)
  }

  async #sealEach(keys: readonly OpenKey[], lock: Lock | undefined): Promise<readonly HeldKey[]> {
    const sealed: HeldKey[] = []
    for (const key of keys) {
      const { role, label, seed } = key
      const secret = lock === undefined ? seed : await seal(seed, lock, this.#parts.workFactor)
      sealed.push({ publicKey: publicKeyOf(key), role, ...(label !== undefined && { label }), secret })
    }
    return sealed
  }

  async #openOne({ publicKey, role, label, secret }: HeldKey, lock: Lock | undefined): Promise<OpenKey> {
    const seed = lock === undefined ? secret : await unseal(secret, lock)
    if (seed.length !== SEED_BYTES || keyPairFromSeed(seed).publicKey !== publicKey) throw damaged('keys')
    return { role, seed, ...(label !== undefined && { label }) }
  }
}
