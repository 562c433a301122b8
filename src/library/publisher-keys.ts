import { GgenError, type IdentityId, isGgenError, type Op, type PublicKey } from '#core'
import type { Guard, Keystore } from '#keystore'
import type { NewPublisher } from './types.ts'

export interface PublisherKeysParts {
  readonly open: () => Promise<Keystore>
  /** What opens the keys, and encrypts new ones; `none`: new ones lie in the clear. Absent: nobody said. */
  readonly passphrase?: string | { readonly kind: 'none' }
  /** The keys are gone when the program ends, so that nothing has to protect them, and a publish may make them. */
  readonly isFleeting: boolean
}

/** Who signs what this program publishes. */
export interface Signer {
  readonly identity: IdentityId
  /** Envelopes of the identity's own chain, genesis first. */
  readonly chain: readonly Uint8Array[]
  readonly publicKey: PublicKey
  /** The signature (64 bytes) of a payload that a node prepared. Throws `op-invalid` where it is something else than what was asked for. */
  sign(payload: Uint8Array, isExpected: (op: Op) => boolean): Promise<Uint8Array>
}

/** The publisher's keys of one home folder. A node never sees them. */
export class PublisherKeys {
  readonly #parts: PublisherKeysParts

  constructor(parts: PublisherKeysParts) {
    this.#parts = parts
  }

  async find(): Promise<IdentityId | undefined> {
    const held = await (await this.#parts.open()).find()
    return held?.file.identity
  }

  /** Throws `conflict` when there is an identity, `passphrase-needed`. */
  async create(label?: string): Promise<NewPublisher> {
    const { held, recoveryWords } = await (await this.#parts.open()).create(this.#guard(), label)
    return { identity: held.file.identity, recoveryWords }
  }

  /** Throws `key-missing` where there is no identity. */
  async signer(): Promise<Signer> {
    const keystore = await this.#parts.open()
    const held = await this.#heldBy(keystore)
    const publicKey = keystore.releaseKey(held)
    const { identity, chain } = held.file
    const { passphrase } = this.#parts
    return {
      identity, chain, publicKey,
      sign: async (payload, isExpected) => {
        const { pair } = await keystore.open(publicKey, typeof passphrase === 'string' ? passphrase : undefined)
        return keystore.sign(pair, payload, isExpected)
      },
    }
  }

  async #heldBy(keystore: Keystore): ReturnType<Keystore['read']> {
    const held = await keystore.find()
    if (held !== undefined) return held
    if (!this.#parts.isFleeting) {
      throw new GgenError('key-missing', 'nobody publishes from this home folder yet', { hint: 'call createPublisher() once, and keep its recovery words' })
    }
    try {
      return (await keystore.create(this.#guard())).held
    } catch (error) {
      // Another publish of this program was quicker.
      if (!isGgenError(error, 'conflict')) throw error
      return await keystore.read()
    }
  }

  #guard(): Guard {
    const { passphrase, isFleeting } = this.#parts
    if (typeof passphrase === 'string') return { kind: 'passphrase', passphrase }
    if (passphrase !== undefined || isFleeting) return { kind: 'none' }
    throw new GgenError('passphrase-needed', 'nobody said how the keys of the new publisher are to be protected', {
      hint: 'give the builder a passphrase: withPassphrase(TEXT), or withoutPassphrase()',
    })
  }
}
