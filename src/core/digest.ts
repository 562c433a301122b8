import type { Hash } from 'node:crypto'
import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'

/** The name of a blob: `sha256:` and 64 lower-case hexadecimal digits of its bytes. */
export type Digest = Brand<string, 'Digest'>

/** 128 lower-case hexadecimal digits: the second, independent hash that a release signs. */
export type Sha512 = Brand<string, 'Sha512'>

const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Loading OpenSSL takes a tenth of the time of a quick command, and those that only ask the daemon hash nothing. */
// oxlint-disable-next-line no-restricted-globals -- because an import would load it for every command
const newHash = (algorithm: 'sha256' | 'sha512'): Hash => process.getBuiltinModule('node:crypto').createHash(algorithm)

const hexOf = ({ buffer, byteOffset, length }: Uint8Array): string => Buffer.from(buffer, byteOffset, length).toString('hex')

/** Parses the text form; throws `digest-invalid`. */
export const parseDigest = (text: string): Digest => {
  if (!DIGEST.test(text)) throw new GgenError('digest-invalid', `not a digest: ${text.slice(0, 100)}`)
  return text as Digest
}

/** The 32 raw bytes of a digest. */
export const digestBytes = (digest: Digest): Uint8Array => Uint8Array.from(Buffer.from(digest.slice(7), 'hex'))

/** A digest out of its 32 raw bytes; throws `digest-invalid` on any other length. */
export const digestFromBytes = (bytes: Uint8Array): Digest => {
  if (bytes.length !== 32) throw new GgenError('digest-invalid', `a digest has 32 bytes, not ${bytes.length}`)
  return `sha256:${hexOf(bytes)}` as Digest
}

/** A SHA-512 out of its 64 raw bytes; throws `digest-invalid` on any other length. */
export const sha512FromBytes = (bytes: Uint8Array): Sha512 => {
  if (bytes.length !== 64) throw new GgenError('digest-invalid', `a SHA-512 has 64 bytes, not ${bytes.length}`)
  return hexOf(bytes) as Sha512
}

/** The digest of bytes at hand. */
export const digestOf = (bytes: Uint8Array): Digest => `sha256:${newHash('sha256').update(bytes).digest('hex')}` as Digest

/** Both hashes and the size of bytes that arrive piece by piece. */
export interface Fingerprint {
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}

/** Hashes a stream of bytes twice while it passes. */
export class Fingerprinter {
  readonly #sha256: Hash = newHash('sha256')
  readonly #sha512: Hash = newHash('sha512')
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  update(chunk: Uint8Array): void {
    this.#sha256.update(chunk)
    this.#sha512.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** May be called once. */
  finish(): Fingerprint {
    return {
      digest: `sha256:${this.#sha256.digest('hex')}` as Digest,
      sha512: this.#sha512.digest('hex') as Sha512,
      sizeBytes: this.#sizeBytes,
    }
  }
}
