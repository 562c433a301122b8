import { type IdentityId, type OpinionStatement, parsePackageName, parseVersion } from '#core'
import { type IdentityFiles, type Keystore, Keystore as RealKeystore, memoryIdentityFiles, memoryOsKeyring } from '#keystore'
import { firstReleasePayload, opinionPayload, seeded, TestClock } from '#testing'
import type { HandOver } from './hand-over.ts'

const LIGHT_WORK = 8
const BOB = `bafyrei${'b'.repeat(51)}a` as IdentityId
export const HOLD_MS = 600_000

/** A machine with an identity whose release key is open, and payloads to sign. */
export interface AgentScene {
  readonly keystore: Keystore
  readonly files: IdentityFiles
  readonly clock: TestClock
  /** A fresh one each time: whoever holds it overwrites the seed. */
  readonly handOver: (change?: Partial<HandOver>) => HandOver
  readonly release: (version?: string) => Uint8Array
  readonly opinion: (statement?: Partial<OpinionStatement>) => Uint8Array
}

export const agentScene = async (): Promise<AgentScene> => {
  const [files, clock] = [memoryIdentityFiles(), new TestClock()]
  const keystore = new RealKeystore({ files, keyring: memoryOsKeyring(), clock, random: seeded('ada'), workFactor: LIGHT_WORK })
  const made = await keystore.create({ kind: 'keyring' })
  const { seed } = await keystore.open(made.release.publicKey)
  const stamp = (await keystore.stamp()) ?? ''
  const author = { identity: made.held.file.identity, publicKey: made.release.publicKey }
  const head = { identity: author.identity, feed: author.publicKey }
  return {
    keystore, files, clock,
    handOver: (change) => ({ ...author, seed: Uint8Array.from(seed), stamp, forMs: HOLD_MS, ...change }),
    release: (version = '1.2.0') => firstReleasePayload(head, parsePackageName('tool'), parseVersion(version)),
    opinion: (statement) => opinionPayload(head, { type: 'endorse', target: BOB, names: [], level: 'vouch', ...statement } as OpinionStatement),
  }
}
