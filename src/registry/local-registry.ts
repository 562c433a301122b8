import { type Clock, GgenError, type IdentityId, type PackageName, REGISTRY_LIMITS } from '#core'
import { parentsFirst } from '#flow/sync'
import { type Admit, requireMembership } from '#flow/verify'
import { type BlobRange, blobNotFound, type BlobStore, type Catalogue, type PackageSearch, type SearchSignals } from '#store'
import { readVersions } from './read-versions.ts'
import type { Delivery, Publication, Records, Registry, RegistryBlob, RegistryQuery, RegistryStatus, RegistryVersion } from './registry.ts'

export interface LocalParts {
  readonly catalogue: Catalogue
  /** Of that catalogue. */
  readonly search: PackageSearch
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly admit: Admit
  /** Absent: `local`. */
  readonly name?: string
}

const NOTHING_KEPT: SearchSignals = { kept: [] }

/** What this node knows and holds, as a registry; over memory stores the twin of all others. */
export class LocalRegistry implements Registry {
  readonly name: string
  readonly isPrivate = true
  readonly #parts: LocalParts

  constructor(parts: LocalParts) {
    this.name = parts.name ?? 'local'
    this.#parts = parts
  }

  async search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    signal.throwIfAborted()
    const { search, clock } = this.#parts
    const { found } = await search.search({ ...query, now: Math.floor(clock.now() / 1000) }, NOTHING_KEPT, signal)
    return this.#records(found.map(({ entry }) => entry))
  }

  async find(name: PackageName, signal: AbortSignal): Promise<Records> {
    signal.throwIfAborted()
    return this.#records(this.#parts.catalogue.claimants(name).map((identity) => ({ identity, name })))
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    const { envelopes } = await this.find(name, signal)
    return readVersions(name, envelopes, this.#parts.clock)
  }

  async *open({ digest, sizeBytes }: RegistryBlob, range: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    if ((await this.#parts.blobs.size(digest)) !== sizeBytes) throw blobNotFound(digest)
    yield* this.#parts.blobs.stream(digest, { range, signal })
  }

  /** Bytes first: a record counts for nothing without them. */
  async publish({ envelopes, blobs, read }: Publication, signal: AbortSignal): Promise<Delivery> {
    signal.throwIfAborted()
    for (const blob of blobs) await this.#store(blob, read(blob, signal))
    for (const envelope of envelopes) requireMembership(this.#parts.admit(envelope))
    return { state: 'stored' }
  }

  async status(signal: AbortSignal): Promise<RegistryStatus> {
    signal.throwIfAborted()
    return { ops: this.#parts.catalogue.counts().ops }
  }

  async #store({ digest, sizeBytes }: RegistryBlob, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if ((await this.#parts.blobs.size(digest)) !== undefined) return
    await using writer = await this.#parts.blobs.create()
    for await (const chunk of chunks) {
      if (writer.sizeBytes + chunk.length > sizeBytes) throw new GgenError('integrity', `more than the ${sizeBytes} bytes of ${digest.slice(0, 19)}…`)
      await writer.append(chunk)
    }
    await writer.seal(digest)
  }

  /** Whole packages, as many as fit. */
  #records(packages: readonly { readonly identity: IdentityId; readonly name: PackageName }[]): Records {
    const { catalogue } = this.#parts
    const envelopes: Uint8Array[] = []
    let room = REGISTRY_LIMITS.recordsBytes
    for (const { identity, name } of packages) {
      const ops = parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name))
      room -= ops.reduce((sum, op) => sum + op.length, 0)
      if (room < 0 || envelopes.length + ops.length > REGISTRY_LIMITS.records) break
      envelopes.push(...ops)
    }
    return { envelopes }
  }
}
