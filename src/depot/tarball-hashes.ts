import { createHash } from 'node:crypto'
import { type Digest, digestFromBytes, type Sha512, sha512FromBytes } from '#core'
import { type HashAlgorithm, type Integrity, parseIntegrity, strongestIn } from '#npm'

/** Every hash by which an archive may be asked for. */
export interface TarballHashes {
  readonly digest: Digest
  readonly sha512: Sha512
  /** 40 hexadecimal digits. */
  readonly sha1: string
  readonly sizeBytes: number
}

/** Hashes an archive while it passes. */
export class TarballHasher {
  readonly #hashes = { sha512: createHash('sha512'), sha384: createHash('sha384'), sha256: createHash('sha256'), sha1: createHash('sha1') }
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** What all bytes so far hash to, so that the rest can come from elsewhere. */
  get soFar(): Digest {
    return digestFromBytes(this.#hashes.sha256.copy().digest())
  }

  update(chunk: Uint8Array): void {
    for (const hash of Object.values(this.#hashes)) hash.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** May be called once. */
  finish(): FinishedHashes {
    const { sha512, sha384, sha256, sha1 } = this.#hashes
    const raw = { sha512: sha512.digest(), sha384: sha384.digest(), sha256: sha256.digest(), sha1: sha1.digest() }
    return {
      digest: digestFromBytes(raw.sha256), sha512: sha512FromBytes(raw.sha512), sha1: raw.sha1.toString('hex'), sizeBytes: this.#sizeBytes,
      isWhat: (expected) => isOneOf(expected, raw),
    }
  }
}

export interface FinishedHashes extends TarballHashes {
  /** Whether it is what a registry promised. */
  readonly isWhat: (expected: Integrity) => boolean
}

const isOneOf = (expected: Integrity, raw: Readonly<Record<HashAlgorithm, Buffer>>): boolean => {
  const algorithm = strongestIn(expected)
  return expected.split(' ').includes(`${algorithm}-${raw[algorithm].toString('base64')}`)
}

/** What an archive of these hashes is called. */
export const integrityOf = ({ sha512 }: Pick<TarballHashes, 'sha512'>): Integrity => parseIntegrity(`sha512-${Buffer.from(sha512, 'hex').toString('base64')}`)

