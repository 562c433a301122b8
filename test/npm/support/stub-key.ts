import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A key as registries sign what they serve with: ECDSA on P-256 with SHA-256, over `name@version:integrity`. */
export class StubKey {
  readonly id: string
  readonly #privateKey: KeyObject
  readonly #publicBytes: Buffer
  readonly #signatures = new Map<string, string>()
  readonly #wrong = new Set<string>()

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    this.#publicBytes = publicKey.export({ type: 'spki', format: 'der' })
    this.id = `SHA256:${createHash('sha256').update(this.#publicBytes).digest('base64').replace(/=+$/, '')}`
  }

  /** As in `dist.signatures`. */
  signature(name: string, version: string, integrity: string): { readonly keyid: string; readonly sig: string } {
    const text = `${name}@${version}:${integrity}${this.#wrong.has(name) ? ' or another one' : ''}`
    const known = this.#signatures.get(text) ?? sign('sha256', Buffer.from(text), this.#privateKey).toString('base64')
    this.#signatures.set(text, known)
    return { keyid: this.id, sig: known }
  }

  /** From now on says of the versions of a package what it does not say of their archives. */
  signWrongly(name: string): void {
    this.#wrong.add(name)
  }

  /** As `/-/npm/v1/keys` lists it. */
  listed(): Readonly<Record<string, unknown>> {
    return { expires: null, keyid: this.id, keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key: this.#publicBytes.toString('base64') }
  }
}
