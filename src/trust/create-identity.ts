import type { IdentityId, Random } from '#core'
import { encodePayload } from './encode-payload.ts'
import { signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { opIdOf } from './open-op.ts'
import { recoverySeed, wordsOfEntropy } from './recovery-words.ts'

const SEED_BYTES = 32
const NONCE_BYTES = 16

/** A publisher that did not exist before. The caller stores the seeds; the words are shown once and stored nowhere. */
export interface NewIdentity {
  readonly identity: IdentityId
  /** Envelope of the genesis op. */
  readonly genesis: Uint8Array
  /** 32-byte seed of the root key. */
  readonly root: Uint8Array
  /** 32-byte seed of the release key, which may use every name. */
  readonly release: Uint8Array
  /** 24 BIP-39 words, from which `recoverySeed` derives the seed of the recovery key. */
  readonly recoveryWords: string
}

/**
 * Makes one root key, one release key and one recovery key, and the genesis that names them, signed by root. `label` (32 characters)
 * is shown beside the release key; throws `op-invalid` for a label that is not plain text.
 */
export const createIdentity = (random: Random, atSeconds: number, options: { readonly label?: string } = {}): NewIdentity => {
  const [root, release] = [random.bytes(SEED_BYTES), random.bytes(SEED_BYTES)]
  const recoveryWords = wordsOfEntropy(random.bytes(SEED_BYTES))
  const rootKey = keyPairFromSeed(root)
  const payload = encodePayload({
    type: 'genesis',
    at: atSeconds,
    seq: 0,
    body: {
      root: { keys: [rootKey.publicKey], need: 1 },
      recovery: { keys: [keyPairFromSeed(recoverySeed(recoveryWords)).publicKey], need: 1 },
      release: [{ key: keyPairFromSeed(release).publicKey, names: ['*'], ...(options.label !== undefined && { label: options.label }) }],
      need: 1,
      nonce: random.bytes(NONCE_BYTES),
    },
  })
  return { identity: opIdOf(payload) as IdentityId, genesis: signPayload(payload, [rootKey]), root, release, recoveryWords }
}
