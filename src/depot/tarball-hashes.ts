import { createHash, type Hash } from 'node:crypto'
import { type Digest, digestFromBytes, GgenError, type Sha512, sha512FromBytes } from '#core'
import { type HashAlgorithm, type Integrity, parseIntegrity, strongestIn } from '#npm'

/** Every hash by which an archive may be asked for. */
export interface TarballHashes {
  readonly digest: Digest
  readonly sha512: Sha512
  /** 40 hexadecimal digits. */
  readonly sha1: string
  readonly sizeBytes: number
}

/** By these an archive may be asked for. */
const ALWAYS: readonly HashAlgorithm[] = ['sha512', 'sha256', 'sha1']

/** Hashes an archive while it passes. `known`: what it will be compared with, where that is clear: some hashes need not be made then. */
export class TarballHasher {
  readonly #hashes: ReadonlyMap<HashAlgorithm, Hash>
  #sizeBytes = 0

  constructor(known?: Integrity) {
    const algorithms = new Set<HashAlgorithm>([...ALWAYS, known === undefined ? 'sha384' : strongestIn(known)])
    this.#hashes = new Map(Array.from(algorithms, (algorithm) => [algorithm, createHash(algorithm)]))
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** What all bytes so far hash to, so that the rest can come from elsewhere. */
  get soFar(): Digest {
    return digestFromBytes(this.#of('sha256').copy().digest())
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk)
    this.#sizeBytes += chunk.length
  }

  /** May be called once. */
  finish(): FinishedHashes {
    const raw = new Map(Array.from(this.#hashes, ([algorithm, hash]) => [algorithm, hash.digest()]))
    const of = (algorithm: HashAlgorithm): Buffer => raw.get(algorithm) ?? Buffer.alloc(0)
    return {
      digest: digestFromBytes(of('sha256')), sha512: sha512FromBytes(of('sha512')), sha1: of('sha1').toString('hex'), sizeBytes: this.#sizeBytes,
      isWhat: (expected) => isOneOf(expected, raw),
    }
  }

  #of(algorithm: HashAlgorithm): Hash {
    const hash = this.#hashes.get(algorithm)
    if (hash === undefined) throw new GgenError('internal', `${algorithm} is not made`)
    return hash
  }
}

export interface FinishedHashes extends TarballHashes {
  /** Whether it is what a registry promised. */
  readonly isWhat: (expected: Integrity) => boolean
}

const isOneOf = (expected: Integrity, raw: ReadonlyMap<HashAlgorithm, Buffer>): boolean => {
  const algorithm = strongestIn(expected)
  const made = raw.get(algorithm)
  return made !== undefined && expected.split(' ').includes(`${algorithm}-${made.toString('base64')}`)
}

/** What an archive of these hashes is called. */
export const integrityOf = ({ sha512 }: Pick<TarballHashes, 'sha512'>): Integrity => parseIntegrity(`sha512-${Buffer.from(sha512, 'hex').toString('base64')}`)

