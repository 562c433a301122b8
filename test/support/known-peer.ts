import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { type PeerId, parsePeerId } from '#core'
import { seeded } from './publisher.ts'

/** A peer with its Ed25519 key, the same in every run. */
export interface KnownPeer {
  readonly id: PeerId
  readonly privateKey: KeyObject
  /** The 32 bytes of the public key. */
  readonly publicKey: Uint8Array
  /** The private key in its protobuf form, as libp2p stores it. */
  readonly peerKey: Uint8Array
}

const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_HEAD_BYTES = 12

/** The peer of this name. */
export const knownPeer = (name: string): KnownPeer => {
  const seed = seeded(`key of ${name}`).bytes(32)
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD_BYTES)
  const id = parsePeerId(base58btc.baseEncode(Buffer.concat([Buffer.from('002408011220', 'hex'), publicKey])))
  return { id, privateKey, publicKey, peerKey: Buffer.concat([Buffer.from('08011240', 'hex'), seed, publicKey]) }
}
