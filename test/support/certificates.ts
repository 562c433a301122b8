import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'

/** A certificate and its key, PEM. */
export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

const day = 24 * 3_600_000

/** One value of DER; certificates need no lengths above 64 KiB. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)

const ECDSA_WITH_SHA256 = sequence(hex('06082a8648ce3d040302'))
const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from(text)))))
const timeOf = (ms: number): Buffer => der(0x18, Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`))
const TRUE = hex('0101ff')
const IS_AUTHORITY = sequence(hex('0603551d13'), TRUE, der(0x04, sequence(TRUE)))
const hostExtension = (host: string): Buffer => sequence(hex('0603551d11'), der(0x04, sequence(der(0x82, Buffer.from(host)))))

interface Draft {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly extension: Buffer
  /** Days from now. */
  readonly from: number
  readonly to: number
}

const seal = ({ subject, issuer, publicKey, extension, from, to }: Draft, issuerKey: KeyObject): string => {
  const now = Date.now()
  const validity = sequence(timeOf(now + from * day), timeOf(now + to * day))
  const serial = der(0x02, Uint8Array.of(1), randomBytes(8))
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const content = sequence(hex('a003020102'), serial, ECDSA_WITH_SHA256, nameOf(issuer), validity, nameOf(subject), spki, der(0xa3, sequence(extension)))
  const signature = der(0x03, Uint8Array.of(0), sign('sha256', content, issuerKey))
  return new X509Certificate(sequence(content, ECDSA_WITH_SHA256, signature)).toString()
}

/** An authority of its own, which nobody else trusts. */
export class TestAuthority {
  readonly #name: string
  readonly #key: KeyObject
  /** PEM: what a client must trust. */
  readonly cert: string

  constructor(name = 'ggen test authority') {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#name = name
    this.#key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    this.cert = seal({ subject: name, issuer: name, publicKey, extension: IS_AUTHORITY, from: -1, to: 30 }, this.#key)
  }

  /** A certificate for one host; `expired` ended yesterday. */
  issue(host: string, { expired = false }: { readonly expired?: boolean } = {}): TestCertificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const dates = expired ? { from: -2, to: -1 } : { from: -1, to: 30 }
    const cert = seal({ subject: host, issuer: this.#name, publicKey, extension: hostExtension(host), ...dates }, this.#key)
    return { key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert }
  }
}
