import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { KnownPeer } from '#testing'

/** What to put into a certificate that should not be believed; by default it is right. */
export interface CertificateParts {
  /** Whose public key the extension names. */
  readonly names: KnownPeer
  /** Who signs the key of the certificate; absent: the one it names. */
  readonly signer?: KnownPeer
  /** The key that the extension is about; absent: that of the certificate. */
  readonly provenKey?: KeyObject
  /** `none`: an ordinary certificate. `twice`: two of them, the second for another peer. */
  readonly extension?: 'one' | 'none' | { readonly twice: KnownPeer }
  readonly validFrom?: string
  readonly validTo?: string
}

export interface MadeCertificate {
  readonly key: string
  readonly cert: string
  readonly publicKey: KeyObject
}

const tlv = (tag: number, ...parts: readonly (Uint8Array | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)))
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' })
const ECDSA = '300a06082a8648ce3d040302'

const proofOf = (names: KnownPeer, signer: KnownPeer, proven: KeyObject): Buffer => {
  const signature = sign(null, Buffer.concat([Buffer.from('libp2p-tls-handshake:'), spkiOf(proven)]), signer.privateKey)
  return tlv(0x30, '060a2b0601040183a25a0101', tlv(0x04, tlv(0x30, tlv(0x04, '08011220', names.publicKey), tlv(0x04, signature))))
}

/** Makes a certificate in its own way, apart from the program that has to judge it. */
export const makeCertificate = (parts: CertificateParts): MadeCertificate => {
  const { names, signer = names, extension = 'one', validFrom = '20200101000000Z', validTo = '20990101000000Z' } = parts
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const proof = proofOf(names, signer, parts.provenKey ?? publicKey)
  const more = typeof extension === 'object' ? [proofOf(extension.twice, extension.twice, publicKey)] : []
  const extensions = extension === 'none' ? [] : [tlv(0xa3, tlv(0x30, proof, ...more))]
  const validity = tlv(0x30, tlv(0x18, Buffer.from(validFrom)), tlv(0x18, Buffer.from(validTo)))
  const serial = tlv(0x02, '01', randomBytes(8))
  const content = tlv(0x30, 'a003020102', serial, ECDSA, tlv(0x30), validity, tlv(0x30), spkiOf(publicKey), ...extensions)
  const whole = tlv(0x30, content, ECDSA, tlv(0x03, '00', sign('sha256', content, privateKey)))
  const cert = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert, publicKey }
}
