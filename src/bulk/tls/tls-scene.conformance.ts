import { createPrivateKey, createPublicKey } from 'node:crypto'
import { Readable } from 'node:stream'
import { base58btc } from 'multiformats/bases/base58'
import { type Clock, type PeerId, parsePeerId } from '#core'
import type { BlobShelf, BulkChannel } from '#bulk'
import { seeded } from '#testing'
import { openTlsChannel, type TlsOptions } from './open-tls-channel.ts'

/** A peer with its Ed25519 key, the same in every run. */
export interface KnownPeer {
  readonly id: PeerId
  /** The protobuf form, as `createCertificate` wants it. */
  readonly peerKey: Uint8Array
}

const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export const knownPeer = (name: string): KnownPeer => {
  const seed = seeded(`key of ${name}`).bytes(32)
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12)
  const id = parsePeerId(base58btc.baseEncode(Buffer.concat([Buffer.from('002408011220', 'hex'), publicKey])))
  return { id, peerKey: Buffer.concat([Buffer.from('08011240', 'hex'), seed, publicKey]) }
}

/** Real sockets need real time. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: async (ms, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = AbortSignal.timeout(ms)
    timer.addEventListener('abort', () => resolve(), { once: true })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    return promise
  },
  timeout: (ms) => AbortSignal.timeout(ms),
}

/** Holds nothing. */
export const EMPTY_SHELF: BlobShelf = { look: async () => undefined, read: () => Readable.from([]) }

/** Listens on a free port of this machine as `peer`, unless told otherwise. */
export const openFor = (peer: KnownPeer, change: Partial<TlsOptions> = {}): Promise<BulkChannel> =>
  openTlsChannel({
    peerKey: peer.peerKey, listen: { host: '127.0.0.1', port: 0 }, shelf: EMPTY_SHELF, clock: realClock, admits: () => true, ...change,
  })

/** Makes `asker` know the way to `giver`, as `/ggen/have/1` does. */
export const introduce = (asker: readonly [KnownPeer, BulkChannel], giver: readonly [KnownPeer, BulkChannel]): void => {
  const offer = giver[1].offer(asker[0].id)
  if (offer === undefined) throw new Error('the giver does not listen')
  asker[1].learn(giver[0].id, '127.0.0.1', offer)
}
