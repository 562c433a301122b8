import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { GgenError, isGgenError, type PeerId, parsePeerId } from '#core'
import { der, type DerValue, readDer, TAG } from './der.ts'

/** What a TLS endpoint shows: key and certificate, both PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')

/** 1.3.6.1.4.1.53594.1.1, of the libp2p TLS handshake specification. */
const LIBP2P_EXTENSION = hex('060a2b0601040183a25a0101')
const ECDSA_WITH_SHA256 = hex('300a06082a8648ce3d040302')
const COMMON_NAME_OID = hex('0603550403')
const COMMON_NAME = 'libp2p node'
const VERSION_3 = hex('a003020102')
const SIGNED_PREFIX = Buffer.from('libp2p-tls-handshake:')
/** Protobuf of an Ed25519 public key: type 1, then 32 bytes; of a private one: type 1, then seed and public key. */
const PUBLIC_HEAD = hex('08011220')
const PRIVATE_HEAD = hex('08011240')
const PKCS8_HEAD = hex('302e020100300506032b657004220420')
const SPKI_HEAD = hex('302a300506032b6570032100')
/** A peer id is the identity multihash of the protobuf. */
const IDENTITY_HEAD = hex('0024')

const hour = 3_600_000
const VALID_BEFORE_MS = hour
const VALID_MS = 100 * 365 * 24 * hour
const CERTIFICATE_BYTES = 4096

const invalid = (why: string): GgenError => new GgenError('frame-invalid', `the certificate of the peer is not one of libp2p: ${why}`)

/**
 * A fresh certificate that proves who this node is, after the libp2p TLS handshake specification. `peerKey` is the protobuf form of the node's
 * Ed25519 key. Throws `config-invalid` for any other key.
 */
export const createCertificate = (peerKey: Uint8Array, nowMs: number): Certificate => {
  if (peerKey.length !== 68 || Buffer.compare(peerKey.subarray(0, 4), PRIVATE_HEAD) !== 0) {
    throw new GgenError('config-invalid', 'the peer key is not an Ed25519 key')
  }
  const hostKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, peerKey.subarray(4, 36)]), format: 'der', type: 'pkcs8' })
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const proof = der(
    TAG.sequence,
    der(TAG.octets, PUBLIC_HEAD, peerKey.subarray(36)),
    der(TAG.octets, sign(null, Buffer.concat([SIGNED_PREFIX, spki]), hostKey)),
  )
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, COMMON_NAME_OID, der(TAG.utf8, Buffer.from(COMMON_NAME)))))
  const validity = der(TAG.sequence, time(nowMs - VALID_BEFORE_MS), time(nowMs + VALID_MS))
  const extensions = der(TAG.extensions, der(TAG.sequence, der(TAG.sequence, LIBP2P_EXTENSION, der(TAG.octets, proof))))
  // A leading 1 keeps the number positive and of fixed length.
  const serial = der(TAG.integer, Uint8Array.of(1), randomBytes(8))
  const content = der(TAG.sequence, VERSION_3, serial, ECDSA_WITH_SHA256, name, validity, name, spki, extensions)
  const signature = sign('sha256', content, privateKey)
  const whole = der(TAG.sequence, content, ECDSA_WITH_SHA256, der(TAG.bits, Uint8Array.of(0), signature))
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: new X509Certificate(whole).toString() }
}

/** Years before 2050 are written with two digits, RFC 5280 4.1.2.5. */
const time = (ms: number): Uint8Array => {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return digits < '2050' ? der(TAG.shortTime, Buffer.from(digits.slice(2))) : der(TAG.time, Buffer.from(digits))
}

/** The peer that a certificate (DER) belongs to. Throws `frame-invalid` for everything that does not prove it. */
export const peerOfCertificate = (certificate: Uint8Array, nowMs: number): PeerId => {
  if (certificate.length > CERTIFICATE_BYTES) throw invalid('it is too large')
  try {
    return peerIn(certificate, nowMs)
  } catch (error) {
    // Whatever Node's parsers say of bytes that a stranger has made.
    throw isGgenError(error) ? error : new GgenError('frame-invalid', 'the certificate of the peer cannot be read', { cause: error })
  }
}

const peerIn = (certificate: Uint8Array, nowMs: number): PeerId => {
  const parsed = new X509Certificate(certificate)
  if (!(Date.parse(parsed.validFrom) <= nowMs && nowMs <= Date.parse(parsed.validTo))) throw invalid('it is not valid now')
  const key = parsed.publicKey
  if (!parsed.verify(key)) throw invalid('it did not sign itself')
  const [hostKey, signature] = proofIn(certificate)
  const raw = hostKey.subarray(PUBLIC_HEAD.length)
  if (raw.length !== 32 || Buffer.compare(hostKey.subarray(0, PUBLIC_HEAD.length), PUBLIC_HEAD) !== 0) throw invalid('its key is not Ed25519')
  const signed = Buffer.concat([SIGNED_PREFIX, key.export({ format: 'der', type: 'spki' })])
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' })
  if (!verify(null, signed, publicKey, signature)) throw invalid('the key in it did not sign it')
  return parsePeerId(base58btc.baseEncode(Buffer.concat([IDENTITY_HEAD, hostKey])))
}

/** Public key (protobuf) and signature out of the one extension that counts. */
const proofIn = (certificate: Uint8Array): readonly [hostKey: Uint8Array, signature: Uint8Array] => {
  const [whole, ...trailing] = readDer(certificate) ?? []
  if (whole === undefined || trailing.length > 0) throw invalid('it is not DER')
  const content = inside(inside([whole], 0), 0)
  const extensions = inside(inside(content.filter(({ tag }) => tag === TAG.extensions), 0), 0)
  const ours = extensions.filter(({ content: bytes }) => Buffer.compare(readDer(bytes)?.[0]?.whole ?? new Uint8Array(0), LIBP2P_EXTENSION) === 0)
  const parts = ours.length === 1 ? inside(ours, 0) : []
  const [hostKey, signature, ...more] = inside(inside(parts.filter(({ tag }) => tag === TAG.octets), 0), 0)
  if (hostKey?.tag !== TAG.octets || signature?.tag !== TAG.octets || more.length > 0) throw invalid('it has no proof of its peer')
  return [hostKey.content, signature.content]
}

const inside = (values: readonly DerValue[], index: number): readonly DerValue[] => {
  const value = values[index]
  return value === undefined ? [] : (readDer(value.content) ?? [])
}
