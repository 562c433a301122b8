import { createHash } from 'node:crypto'
import { type Artifact, digestFromBytes, type IdentityId, type OpId, type PackageName, type ReleaseBody, type Sha512, sha512FromBytes } from '#core'
import { encodePayload, type KeyPair, keyPairFromSeed, opIdOf, signPayload } from '#trust'
import type { PackageRecord, VersionRecord } from './packages.ts'

const hash = (algorithm: 'sha256' | 'sha512', ...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(createHash(algorithm).update(parts.join(' ')).digest())

/** A recovery key is a key like others, and none of these publishers ever uses it: they share one. */
const RECOVERY = keyPairFromSeed(hash('sha256', 'recovery'))

interface Publisher {
  readonly identity: IdentityId
  readonly key: KeyPair
  readonly genesis: Uint8Array
}

const publisherOf = (seed: number, number: number, since: number): Publisher => {
  const root = keyPairFromSeed(hash('sha256', 'root', seed, number))
  const key = keyPairFromSeed(hash('sha256', 'release', seed, number))
  const payload = encodePayload({
    type: 'genesis', at: since, seq: 0,
    body: {
      root: { keys: [root.publicKey], need: 1 },
      recovery: { keys: [RECOVERY.publicKey], need: 1 },
      release: [{ key: key.publicKey, names: ['*'] }],
      need: 1,
      nonce: hash('sha256', 'nonce', seed, number).subarray(0, 16),
    },
  })
  return { identity: opIdOf(payload) as IdentityId, key, genesis: signPayload(payload, [root]) }
}

const artifactOf = (name: PackageName, version: string, sizeBytes: number): Artifact => ({
  digest: digestFromBytes(hash('sha256', name, version)), sha512: sha512FromBytes(hash('sha512', name, version)) as Sha512, sizeBytes,
})

/** The ops of one package, parents first; each is signed for itself, as the publisher's terminal would. */
class Feed {
  readonly #publisher: Publisher
  readonly #record: PackageRecord
  readonly envelopes: Uint8Array[] = []
  #last: OpId | undefined

  constructor(publisher: Publisher, record: PackageRecord) {
    this.#publisher = publisher
    this.#record = record
  }

  release({ version, at }: VersionRecord): void {
    const { name, summary, scripts, bins, dependencies, sizeBytes } = this.#record
    const metadata = { digest: digestFromBytes(hash('sha256', 'metadata', name, version)), sizeBytes: 400 + summary.description.length }
    const body: ReleaseBody = {
      roles: this.#publisher.identity, name, version, kind: 'tgz', artifact: artifactOf(name, version, sizeBytes), metadata, summary,
      scripts, bins, dependencies, provenance: [],
    }
    this.#add(encodePayload({ type: 'release', ...this.#head(at), body }))
  }

  status({ state, why, at }: NonNullable<PackageRecord['status']>): void {
    const { name, versions } = this.#record
    const version = versions.at(-1)?.version ?? '*'
    this.#add(encodePayload({ type: 'status', ...this.#head(at), body: { roles: this.#publisher.identity, name, version, state, why } }))
  }

  #head(at: number): { identity: IdentityId; feed: KeyPair['publicKey']; seq: number; prev?: OpId; at: number } {
    const { identity, key } = this.#publisher
    return { identity, feed: key.publicKey, seq: this.envelopes.length, ...(this.#last !== undefined && { prev: this.#last }), at }
  }

  #add(payload: Uint8Array): void {
    this.#last = opIdOf(payload)
    this.envelopes.push(signPayload(payload, [this.#publisher.key]))
  }
}

/** So many publishers are remembered: most packages of one stand close together, and a key costs as much as a signature. */
const REMEMBERED = 1000

/**
 * Signs what the records say, parents first: the genesis of a publisher before its first package, then the versions of each package and what was
 * said of the newest one. The same records give the same bytes. Only the numbers of publishers are kept.
 */
export function* signedOps(seed: number, records: Iterable<PackageRecord>): Generator<Uint8Array> {
  const publishers = new Map<number, Publisher>()
  const begun = new Set<number>()
  for (const record of records) {
    let publisher = publishers.get(record.publisher)
    if (publisher === undefined) {
      publisher = publisherOf(seed, record.publisher, record.publisherSince)
      const [oldest] = publishers.keys()
      if (publishers.size >= REMEMBERED && oldest !== undefined) publishers.delete(oldest)
      publishers.set(record.publisher, publisher)
    }
    if (!begun.has(record.publisher)) yield publisher.genesis
    begun.add(record.publisher)
    const feed = new Feed(publisher, record)
    for (const version of record.versions) feed.release(version)
    if (record.status !== undefined) feed.status(record.status)
    yield* feed.envelopes
  }
}
