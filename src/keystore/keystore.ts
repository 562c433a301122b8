import { type Clock, digestOf, GgenError, type IdentityId, isGgenError, type Op, type PublicKey } from '#core'
import { createIdentity, type KeyPair, keyPairFromSeed, openOp, recoverySeed, sealEnvelope, type Signature } from '#trust'
import { describeKeys, type DescribedKey, type HeldIdentity, releaseKeyOf, viewHeld } from './held-identity.ts'
import { formatIdentityFile, type IdentityFile, parseIdentityFile } from './identity-file.ts'
import type { IdentityFiles } from './identity-files.ts'
import { type Guard, KeySeals, type OpenKey, publicKeyOf, type SealParts } from './key-seals.ts'
import { type Author, isOwnWord } from './own-words.ts'
import { type PackGuard, packIdentity, type PlainIdentity, unpackIdentity } from './packed-identity.ts'
import { isSealed } from './sealed-header.ts'
import { checkPassphrase } from './sealing.ts'
import { readPrepared, signPrepared } from './sign-prepared.ts'

const SEED_BYTES = 32

/** What happens to the keys of an identity: all of it, or nothing. */
export interface KeyChange {
  /** Envelopes of roles ops that continue the chain. */
  readonly append?: readonly Uint8Array[]
  readonly add?: readonly OpenKey[]
  readonly remove?: readonly PublicKey[]
}

export interface KeystoreParts extends SealParts {
  readonly files: IdentityFiles
  readonly clock: Clock
}

/** An identity as others know it: envelopes of its own chain, genesis first. */
export interface Chain {
  readonly identity: IdentityId
  readonly chain: readonly Uint8Array[]
}

/** An identity that did not exist before. */
export interface MadeIdentity {
  readonly held: HeldIdentity
  /** Its release key, open. */
  readonly release: KeyPair
  /** Shown once and kept nowhere. */
  readonly recoveryWords: string
}

/** Which keys go into a file that is taken elsewhere (all unless they are named), what opens them here, and how the file is protected. */
export interface PackOptions {
  readonly keys?: readonly PublicKey[]
  readonly passphrase?: string | undefined
  /** Is asked when the keys are open. */
  readonly chooseGuard: () => Promise<PackGuard>
}

/**
 * The identity of this machine and its keys. Secrets are opened one at a time, by whoever signs. The caller asks for a passphrase; it is
 * needed only where the protection is `passphrase`: without one such methods throw `passphrase-needed`, with another `passphrase-wrong`.
 * All throw `home-insecure`, `store-broken`, and those that open or encrypt secrets `keyring-unavailable`.
 */
export class Keystore {
  readonly #parts: KeystoreParts
  readonly #seals: KeySeals

  constructor(parts: KeystoreParts) {
    this.#parts = parts
    this.#seals = new KeySeals(parts)
  }

  /** Where the keys are, for people. */
  get path(): string {
    return this.#parts.files.path
  }

  /** The identity of this machine, if it has one. Opens no secret. */
  async find(): Promise<HeldIdentity | undefined> {
    const bytes = await this.#parts.files.read()
    return bytes && viewHeld(parseIdentityFile(bytes))
  }

  /** The same, and throws `key-missing` when there is none. */
  async read(): Promise<HeldIdentity> {
    return viewHeld((await this.#current()).file)
  }

  /** Throws `conflict` when there is one, so that nobody is asked anything in vain. */
  async requireNone(): Promise<void> {
    if ((await this.#parts.files.read()) !== undefined) throw alreadyThere(this.path)
  }

  /** Every key that its chain names or that is held here, as it stands now. */
  describe(identity: HeldIdentity): readonly DescribedKey[] {
    return describeKeys(identity, this.#nowSeconds())
  }

  /** The held release key that may sign now. Throws `key-missing`. */
  releaseKey(identity: HeldIdentity): PublicKey {
    return releaseKeyOf(identity, this.#nowSeconds())
  }

  /** Refuses a passphrase that is too short to protect anything, or too long. Throws `usage`. */
  checkPassphrase(passphrase: string): void {
    checkPassphrase(passphrase)
  }

  /** Makes an identity. Throws `conflict` when there is one already, `usage` for a passphrase that cannot be one, `op-invalid` for a label. */
  async create(guard: Guard, label?: string): Promise<MadeIdentity> {
    await this.requireNone()
    const labelled = label === undefined ? {} : { label }
    const { identity, genesis, root, release, recoveryWords } = createIdentity(this.#parts.random, this.#nowSeconds(), labelled)
    const keys: readonly OpenKey[] = [{ role: 'root', seed: root }, { role: 'release', seed: release, ...labelled }]
    const held = await this.#first({ identity, createdAt: this.#parts.clock.now(), chain: [genesis], ...(await this.#seals.seal(keys, guard)) })
    return { held, release: keyPairFromSeed(release), recoveryWords }
  }

  /** Makes an identity that came from elsewhere that of this machine. Throws `conflict` when there is one already. */
  async adopt(packed: PlainIdentity, guard: Guard): Promise<HeldIdentity> {
    await this.requireNone()
    const keys = await this.#seals.open(packed, undefined)
    return await this.#first({ ...packed, ...(await this.#seals.seal(keys, guard)) })
  }

  /** Opens one key, and no other. Throws `key-missing` when it is not held. */
  async open(publicKey: PublicKey, passphrase?: string): Promise<OpenKey & { readonly pair: KeyPair }> {
    const { file } = await this.#current()
    const [key] = await this.#seals.open(onlyKeys(file, [publicKey]), passphrase)
    if (key === undefined) throw notHeld()
    return { ...key, pair: keyPairFromSeed(key.seed) }
  }

  /** The signature (64 bytes) of a payload that a node prepared. Throws `op-invalid` when it is not the op that is expected. */
  sign(key: KeyPair, payload: Uint8Array, isExpected: (op: Op) => boolean): Uint8Array {
    return signPrepared(key, payload, isExpected)
  }

  /**
   * Whether a payload that a node prepared is the own word of a release key, so that whoever holds just that key may sign it. Throws `op-invalid` when it is
   * not the op that is expected.
   */
  isOwnWord(author: Author, payload: Uint8Array, isExpected: (op: Op) => boolean): boolean {
    return isOwnWord(readPrepared(payload, isExpected), author)
  }

  /** Changes whenever anything of the file does; `undefined` when there is none. */
  async stamp(): Promise<string | undefined> {
    const bytes = await this.#parts.files.read()
    return bytes && digestOf(bytes)
  }

  /** The key pair of a seed that was opened before. */
  keyOf({ seed }: Pick<OpenKey, 'seed'>): KeyPair {
    return keyPairFromSeed(seed)
  }

  /** The signature (64 bytes) of what a release key says itself. Throws `op-invalid` for everything else. */
  signOwnWord(key: KeyPair, identity: IdentityId, payload: Uint8Array): Uint8Array {
    return signPrepared(key, payload, (op) => isOwnWord(op, { identity, publicKey: key.publicKey }))
  }

  /** The envelope of a payload and these signatures. Throws `op-invalid` when one of them is wrong. */
  envelope(payload: Uint8Array, signatures: readonly Signature[]): Uint8Array {
    return openOp(sealEnvelope(payload, signatures)).bytes
  }

  /** A key that did not exist before, in the clear. */
  makeKey(role: OpenKey['role'], label?: string): OpenKey & { readonly pair: KeyPair } {
    const seed = this.#parts.random.bytes(SEED_BYTES)
    return { role, seed, pair: keyPairFromSeed(seed), ...(label !== undefined && { label }) }
  }

  /** The recovery key of these words. Throws `usage` when they are not 24 recovery words. */
  recoveryKey(words: string): KeyPair {
    return keyPairFromSeed(recoverySeed(words))
  }

  /** Throws `denied` where the identity does not name this key as its recovery key. */
  requireRecovery({ identity, chain }: Chain, { publicKey }: KeyPair): void {
    const { view } = viewHeld({ identity, chain, createdAt: 0, protection: { kind: 'none' }, keys: [] })
    if (view.roles.recovery.keys.includes(publicKey)) return
    throw new GgenError('denied', 'these are not the recovery words of this identity', { hint: 'check the identity, or the words' })
  }

  /** Makes an identity that is being recovered that of this machine, with keys that its chain does not name yet. Throws `conflict`. */
  async restore({ identity, chain }: Chain, keys: readonly OpenKey[], guard: Guard): Promise<HeldIdentity> {
    await this.requireNone()
    return await this.#first({ identity, createdAt: this.#parts.clock.now(), chain, ...(await this.#seals.seal(keys, guard)) })
  }

  /** Encrypts all keys anew; how is asked when they are open. What protected them before is forgotten once the new file is there. */
  async protect(chooseGuard: () => Promise<Guard>, passphrase?: string): Promise<HeldIdentity> {
    const { before, file } = await this.#current()
    const keys = await this.#seals.open(file, passphrase)
    const fresh = { ...file, ...(await this.#seals.seal(keys, await chooseGuard())) }
    const held = await this.#orForget(fresh, () => this.#replace(before, fresh))
    await this.#seals.forget(file.protection)
    return held
  }

  /** Changes which keys are held, and what the chain is. Throws `store-broken` when the ops do not continue it, `key-missing` for what is not held. */
  async change({ append = [], add = [], remove = [] }: KeyChange, passphrase?: string): Promise<HeldIdentity> {
    const { before, file } = await this.#current()
    const gone = new Set(onlyKeys(file, remove).keys.map(({ publicKey }) => publicKey))
    const added = add.length === 0 ? [] : await this.#seals.sealLike(file, add, passphrase)
    const fresh = new Set(add.map(publicKeyOf))
    const kept = file.keys.filter(({ publicKey }) => !gone.has(publicKey) && !fresh.has(publicKey))
    return await this.#replace(before, { ...file, chain: [...file.chain, ...append], keys: [...kept, ...added] })
  }

  /** Whether a file that takes an identity elsewhere needs a passphrase to be opened. */
  isPackedWithPassphrase(bytes: Uint8Array): boolean {
    return isSealed(bytes)
  }

  /** Opens what `pack` made, and checks it. Throws `usage` for any other file. */
  async unpack(bytes: Uint8Array, passphrase?: string): Promise<PlainIdentity> {
    return await unpackIdentity(bytes, passphrase)
  }

  /** The bytes of a file that takes the identity elsewhere. Throws `key-missing` for a key that is not held. */
  async pack({ keys: chosen, passphrase, chooseGuard }: PackOptions): Promise<Uint8Array> {
    const { file } = await this.#current()
    const kept = chosen === undefined ? file : onlyKeys(file, chosen)
    const { keys } = await this.#seals.seal(await this.#seals.open(kept, passphrase), { kind: 'none' })
    return await packIdentity({ ...file, protection: { kind: 'none' }, keys }, await chooseGuard(), this.#parts.workFactor)
  }

  #nowSeconds(): number {
    return Math.floor(this.#parts.clock.now() / 1000)
  }

  async #current(): Promise<{ readonly before: Uint8Array; readonly file: IdentityFile }> {
    const before = await this.#parts.files.read()
    if (before !== undefined) return { before, file: parseIdentityFile(before) }
    throw new GgenError('key-missing', 'there is no identity on this machine', { hint: 'make one: ggen id create; or bring one here: ggen id import FILE' })
  }

  async #first(file: IdentityFile): Promise<HeldIdentity> {
    const held = viewHeld(file)
    await this.#orForget(file, async () => {
      try {
        await this.#parts.files.create(bytesOf(file))
      } catch (error) {
        throw isGgenError(error, 'conflict') ? alreadyThere(this.path) : error
      }
    })
    return held
  }

  async #replace(before: Uint8Array, file: IdentityFile): Promise<HeldIdentity> {
    const held = viewHeld(file)
    await this.#parts.files.replace(before, bytesOf(file))
    return held
  }

  /** A new file that did not get its place leaves nothing in the keyring. */
  async #orForget<T>({ protection }: IdentityFile, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      await this.#seals.forget(protection)
      throw error
    }
  }
}

/** What is written can be read again, or it is not written. */
const bytesOf = (file: IdentityFile): Uint8Array => {
  const bytes = Buffer.from(formatIdentityFile(file))
  parseIdentityFile(bytes)
  return bytes
}

const onlyKeys = (file: IdentityFile, chosen: readonly PublicKey[]): IdentityFile => {
  const keys = file.keys.filter(({ publicKey }) => chosen.includes(publicKey))
  if (keys.length < new Set(chosen).size) throw notHeld()
  return { ...file, keys }
}

const notHeld = (): GgenError => new GgenError('key-missing', 'that key is not on this machine')

const alreadyThere = (path: string): GgenError =>
  new GgenError('conflict', 'there is an identity on this machine already', {
    hint: 'look at it with: ggen id show; GGEN_HOME names another folder for another identity',
    details: { path },
  })
