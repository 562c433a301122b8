import type { ChainOp, PublicKey, ReleaseKey, Roles } from '#core'
import { encodePayload, type KeyPair, keyPairFromSeed, openOp, signPayload, viewIdentity } from '#trust'
import { seeded, TestClock } from '#testing'
import { type IdentityFiles, memoryIdentityFiles } from './identity-files.ts'
import { Keystore } from './keystore.ts'
import { memoryOsKeyring, type OsKeyring } from './os-keyring.ts'

/** A guess costs nothing worth waiting for. */
export const LIGHT_WORK = 8

export const PASSPHRASE = { kind: 'passphrase', passphrase: 'correct horse' } as const

export interface KeysScene {
  readonly keystore: Keystore
  readonly files: IdentityFiles
  readonly keyring: OsKeyring
  readonly clock: TestClock
}

/** A keystore in memory. */
export const keysScene = (seed: string, parts: Partial<Pick<KeysScene, 'files' | 'keyring'>> = {}): KeysScene => {
  const { files = memoryIdentityFiles(), keyring = memoryOsKeyring() } = parts
  const clock = new TestClock()
  return { keystore: new Keystore({ files, keyring, clock, random: seeded(seed), workFactor: LIGHT_WORK }), files, keyring, clock }
}

export const pairOf = (name: string): KeyPair => keyPairFromSeed(seeded(name).bytes(32))

export interface NextRoles {
  readonly root?: PublicKey
  readonly release?: readonly ReleaseKey[]
  readonly revoke?: readonly PublicKey[]
}

/** The payload of a roles op that continues a chain. */
export const rolesPayload = (chain: readonly Uint8Array[], { root, release, revoke = [] }: NextRoles): Uint8Array => {
  const ops = chain.map((envelope) => openOp(envelope) as ChainOp)
  const [genesis] = ops
  const view = genesis && viewIdentity(genesis.identity, ops)
  if (view === undefined) throw new Error('the chain of this test is no chain')
  const { need, recovery, root: before, release: keysBefore }: Roles = view.roles
  return encodePayload({
    type: 'roles', identity: view.identity, seq: view.seq + 1, prev: view.head, at: 1_763_690_000,
    body: {
      root: root === undefined ? before : { keys: [root], need: 1 }, recovery, need, release: release ?? keysBefore,
      revoked: revoke.map((key) => ({ key, feeds: [] })), domains: [],
    },
  })
}

/** Its envelope. */
export const nextRoles = (chain: readonly Uint8Array[], { signers, ...roles }: NextRoles & { readonly signers: readonly KeyPair[] }): Uint8Array =>
  signPayload(rolesPayload(chain, roles), signers)
