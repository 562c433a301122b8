import type { Digest, IdentityId, Op, OpId } from '#core'
import { storeClosed } from './refusals.ts'
import type { Promised, PromisedPage, RegistryRecords } from './registry-records.ts'
import type { KeptRelease } from './trust-store.ts'

/** Promises that live as long as the process. Indistinguishable from those on disk, apart from being forgotten. */
export const memoryRegistryRecords = (): RegistryRecords => new MemoryRegistryRecords()

interface Row {
  readonly id: OpId
  readonly envelope: Uint8Array
  readonly by: string
  readonly at: number
}

class MemoryRegistryRecords implements RegistryRecords {
  /** In the order in which they were promised. */
  readonly #ops = new Map<OpId, Row>()
  readonly #blobs = new Map<Digest, readonly KeptRelease[]>()
  readonly #publishers = new Set<IdentityId>()
  readonly #packs = new Map<Digest, string>()
  readonly #uploads = new Map<Digest, number>()
  #closed = false

  promise({ ops, blobs, by, at }: Promised): void {
    this.#assertOpen()
    for (const op of ops) this.#put(op, { by, at })
    for (const { digest, release: { identity, name, version } } of blobs) {
      const others = this.keptFor(digest).filter((one) => one.identity !== identity || one.name !== name || one.version !== version)
      this.#blobs.set(digest, [...others, { identity, name, version }])
      this.#uploads.delete(digest)
    }
  }

  promisedOps(after: number, limit: number): PromisedPage {
    this.#assertOpen()
    const rows = [...this.#ops.values()].slice(after, after + limit)
    return { ops: rows.map((row) => ({ ...row, envelope: Uint8Array.from(row.envelope) })), last: after + rows.length }
  }

  isPromised(op: OpId): boolean {
    this.#assertOpen()
    return this.#ops.has(op)
  }

  keeps(digest: Digest): boolean {
    this.#assertOpen()
    return this.#blobs.has(digest)
  }

  keptFor(digest: Digest): readonly KeptRelease[] {
    this.#assertOpen()
    return this.#blobs.get(digest) ?? []
  }

  isPublisher(identity: IdentityId): boolean {
    this.#assertOpen()
    return this.#publishers.has(identity)
  }

  noteUpload(digest: Digest, at: number): void {
    this.#assertOpen()
    this.#uploads.set(digest, at)
  }

  uploadsBefore(at: number, limit: number): readonly Digest[] {
    this.#assertOpen()
    return [...this.#uploads].filter(([, came]) => came < at).sort(([, a], [, b]) => a - b).slice(0, limit).map(([digest]) => digest)
  }

  forgetUploads(digests: readonly Digest[]): void {
    this.#assertOpen()
    for (const digest of digests) this.#uploads.delete(digest)
  }

  pack(archive: Digest): string | undefined {
    this.#assertOpen()
    return this.#packs.get(archive)
  }

  notePack(archive: Digest, document: string): void {
    this.#assertOpen()
    this.#packs.set(archive, document)
  }

  [Symbol.dispose](): void {
    this.#closed = true
  }

  #put(op: Op, came: { readonly by: string; readonly at: number }): void {
    const before = this.#ops.get(op.id)
    this.#ops.set(op.id, { id: op.id, envelope: Uint8Array.from(op.bytes), ...(before === undefined ? came : { by: before.by, at: before.at }) })
    this.#publishers.add(op.identity)
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}
