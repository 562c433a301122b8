import type { IdentityId, OpId } from '#core'
import { controlClient } from '#doors/control'
import { createIdentity, type KeyPair, keyPairFromSeed, signingBytes } from '#trust'
import { seeded, TEST_EPOCH } from '#testing'

const never = new AbortController().signal

/** Who signs in these tests. */
export interface TestIdentity {
  readonly identity: IdentityId
  readonly genesis: Uint8Array
  readonly key: KeyPair
}

export const testIdentity = (seed: string): TestIdentity => {
  const { identity, genesis, release } = createIdentity(seeded(seed), TEST_EPOCH)
  return { identity, genesis, key: keyPairFromSeed(release) }
}

/** What the terminal does, in this process: prepare, sign, commit. Resolves to the op once the node has acknowledged it. */
export const publishTo = async (socketPath: string, { identity, genesis, key }: TestIdentity, path: string): Promise<OpId> => {
  const client = controlClient(socketPath)
  const prepared = await client.prepare({ path, identity, chain: [genesis], feed: key.publicKey }, never)
  if (prepared.state === 'published') return prepared.receipt.op
  const { op } = await client.commit(prepared.intent, [{ key: key.publicKey, signature: key.sign(signingBytes(prepared.payload)) }], never)
  return op
}
