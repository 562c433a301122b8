import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { type PeerId, parsePeerId } from '#core'
import { seeded } from '#testing'

/** Somebody with an Ed25519 key, the same in every run. */
export interface Somebody {
  readonly id: PeerId
  readonly privateKey: KeyObject
  readonly publicKey: Uint8Array
  /** The protobuf form, as a node stores it. */
  readonly peerKey: Uint8Array
}

/** The one of this name. */
export const somebody = (name: string): Somebody => {
  const seed = seeded(`adversary ${name}`).bytes(32)
  const privateKey = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12)
  const id = parsePeerId(base58btc.baseEncode(Buffer.concat([Buffer.from('002408011220', 'hex'), publicKey])))
  return { id, privateKey, publicKey, peerKey: Buffer.concat([Buffer.from('08011240', 'hex'), seed, publicKey]) }
}

/** What is to be wrong with a certificate. */
export interface Forgery {
  /** Who is named in the proof, in place of who signs it. */
  readonly named?: Somebody
  readonly withoutProof?: boolean
  /** What the proof signs begins with this. */
  readonly prefix?: string
  /** A year of the past or of the future. */
  readonly until?: number
  readonly from?: number
  /** The last byte of its own signature is another one. */
  readonly isBroken?: boolean
}

/** PEM, as `node:tls` wants it. */
export interface KeyAndCertificate {
  readonly key: string
  readonly cert: string
}

const value = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Uint8Array.of(tag, ...(length < 128 ? [length] : long)), content])
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
const ECDSA_SHA256 = hex('300a06082a8648ce3d040302')
const PROOF_OID = hex('060a2b0601040183a25a0101')
const year = (fullYear: number): Buffer => value(0x18, Buffer.from(`${fullYear}0101000000Z`))

/** A certificate after the libp2p TLS specification, written here a second time, with what is wrong in it. */
export const forge = (who: Somebody, { named = who, withoutProof, prefix, until = 2199, from = 2001, isBroken }: Forgery = {}): KeyAndCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const signature = sign(null, Buffer.concat([Buffer.from(prefix ?? 'libp2p-tls-handshake:'), spki]), who.privateKey)
  const proof = value(0x30, value(0x04, hex('08011220'), named.publicKey), value(0x04, signature))
  const extension = value(0x30, PROOF_OID, value(0x04, proof))
  const extensions = withoutProof === true ? [] : [value(0xa3, value(0x30, extension))]
  const name = value(0x30, value(0x31, value(0x30, hex('0603550403'), value(0x0c, Buffer.from('somebody')))))
  const serial = value(0x02, Uint8Array.of(1), randomBytes(7))
  const content = value(0x30, hex('a003020102'), serial, ECDSA_SHA256, name, value(0x30, year(from), year(until)), name, spki, ...extensions)
  const own = sign('sha256', content, privateKey)
  if (isBroken === true) own[own.length - 1] = (own.at(-1) ?? 0) ^ 1
  const whole = value(0x30, content, ECDSA_SHA256, value(0x03, Uint8Array.of(0), own)).toString('base64')
  const cert = ['-----BEGIN CERTIFICATE-----', ...(whole.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----', ''].join('\n')
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert }
}
