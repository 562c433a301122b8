import { describePack, type PackFacts } from '#archive'
import {
  CENTRAL_LIMITS, type Clock, type Digest, GgenError, type IdentityId, isGgenError, LIMITS, type MissedNews, type News, type OpId, type PackageName,
  versionSlot,
} from '#core'
import { parseQuery } from '#flow/search'
import { parentsFirst } from '#flow/sync'
import type { BlobRange, NamePage, PackageSearch, SearchSignals, TrustStore } from '#store'
import { envelopeId, type PackageView } from '#trust'
import { rcompare } from 'semver'
import { toHit } from './describe-package.ts'
import type { InstallGate } from './install-gate.ts'
import type { SearchQuery } from './search-answer.ts'
import { ShelfIntake, type IntakeParts } from './shelf-intake.ts'
import type { Grant, ListedRelease, NamedPackage, NamedPackages, NamedVersion, Shelf, ShelfHits, Stored, Taken } from './shelf.ts'
import { ShelfUploads } from './shelf-uploads.ts'
import type { Withheld } from './withheld.ts'

export interface ShelfParts extends IntakeParts {
  readonly search: PackageSearch
  readonly trust: TrustStore
  readonly clock: Clock
  readonly summary: Shelf['summary']
  /** What is here and given to nobody. */
  readonly withheld: Pick<Withheld, 'has' | 'refuses'>
  /** Whom a name means to whoever looks here. */
  readonly gate: Pick<InstallGate, 'shown' | 'meanings'>
  readonly news: (signal: AbortSignal) => AsyncIterable<News | MissedNews>
}

/** Others see the order that every node would give. */
const NOTHING_KEPT: SearchSignals = { kept: [] }

/** The shelf of a whole node. */
export class NodeShelf implements Shelf {
  readonly #parts: ShelfParts
  readonly #intake: ShelfIntake
  readonly #uploads: ShelfUploads

  constructor(parts: ShelfParts) {
    this.#parts = parts
    this.#intake = new ShelfIntake(parts)
    this.#uploads = new ShelfUploads(parts)
  }

  /** Takes back in what was promised and is missing, and drops what was uploaded long ago for nothing. */
  async resume(signal: AbortSignal): Promise<void> {
    await this.#intake.resume(signal)
    await this.#uploads.dropOld()
  }

  summary(): ReturnType<Shelf['summary']> {
    return this.#parts.summary()
  }

  named(name: PackageName): NamedPackages | undefined {
    const { catalogue, views } = this.#parts
    const records: Uint8Array[] = []
    const packages: NamedPackage[] = []
    const claimants = this.#inOrder(name)
    let [room, left] = [CENTRAL_LIMITS.documentBytes, 0]
    for (const identity of claimants) {
      const ops = parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name))
      const needed = ops.reduce((sum, op) => sum + op.length, 0)
      if (packages.length >= CENTRAL_LIMITS.claimants || needed > room) {
        left += 1
        continue
      }
      room -= needed
      records.push(...ops)
      packages.push({ identity, versions: versionsOf(views.package(identity, name)) })
    }
    return claimants.length === 0 ? undefined : { records, packages, left }
  }

  op(id: OpId): Uint8Array | undefined {
    return this.#parts.catalogue.opBytes(id)
  }

  async search(query: SearchQuery, signal: AbortSignal): Promise<ShelfHits> {
    const { search, clock, catalogue } = this.#parts
    const now = Math.floor(clock.now() / 1000)
    const { total, found, next } = await search.search({ ...parseQuery(query), now }, NOTHING_KEPT, signal)
    const records = new Map<OpId, Uint8Array>()
    const results: ShelfHits['results'][number][] = []
    let room: number = CENTRAL_LIMITS.searchBytes
    for (const hit of found) {
      const { identity, name } = hit.entry
      const ops = parentsFirst(catalogue.chainOps(identity), catalogue.feedOps(identity, name))
      room -= ops.reduce((sum, op) => sum + op.length, 0)
      // The first one always comes: whoever goes on from here would never get past it.
      if (room < 0 && results.length > 0) break
      for (const op of ops) records.set(envelopeId(op), op)
      const { holders: _, ...result } = toHit(hit, 0, false)
      results.push(result)
    }
    if (results.length === found.length) return { total, results, records: [...records.values()], ...(next !== undefined && { next }) }
    const fewer = await this.search({ ...query, limit: results.length }, signal)
    return { ...fewer, total }
  }

  async size(digest: Digest): Promise<number | undefined> {
    return this.#parts.withheld.has(digest) ? undefined : await this.#parts.blobs.size(digest)
  }

  read(digest: Digest, range: BlobRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#parts.blobs.stream(digest, { range, signal })
  }

  async store(digest: Digest, chunks: AsyncIterable<Uint8Array>): Promise<Stored> {
    const { blobs } = this.#parts
    await this.#uploads.dropOld()
    const held = await blobs.size(digest)
    if (held !== undefined) return { sizeBytes: held, isNew: false }
    await using writer = await blobs.create()
    for await (const chunk of chunks) {
      if (writer.sizeBytes + chunk.length > LIMITS.archiveBytes) {
        throw new GgenError('archive-too-large', `more than ${LIMITS.archiveBytes} bytes`, { hint: 'publish it in parts' })
      }
      await writer.append(chunk)
    }
    const { sizeBytes } = writer
    // Noted first: what is not there yet can be forgotten, and what nobody knows of would stay.
    this.#uploads.note(digest)
    await writer.seal(digest)
    return { sizeBytes, isNew: true }
  }

  take(envelopes: readonly Uint8Array[], grant: Grant, signal: AbortSignal): Promise<Taken> {
    return this.#intake.take(envelopes, grant, signal)
  }

  names(after: number, limit: number): NamePage {
    return this.#parts.catalogue.oldestNames(after, limit)
  }

  listed(name: PackageName): ListedRelease | undefined {
    const { catalogue, views, withheld } = this.#parts
    const identity = this.#meant(name)
    const entry = catalogue.entriesNamed(name).find((one) => one.identity === identity)
    if (entry === undefined || withheld.refuses(entry)) return undefined
    const release = views.package(entry.identity, name)?.releases.get(versionSlot(entry.version))?.release
    if (release === undefined) return undefined
    const { version, artifact: { digest, sizeBytes } } = release.body
    return { name, version, identity: entry.identity, digest, sizeBytes, publishedAt: release.at }
  }

  async pack(archive: Digest, signal: AbortSignal): Promise<PackFacts | undefined> {
    const { promises, blobs } = this.#parts
    if ((await blobs.size(archive)) === undefined) return undefined
    const noted = promises.pack(archive)
    if (noted !== undefined) return JSON.parse(noted) as PackFacts
    const facts = await describePack(blobs.stream(archive, { signal }), { signal })
    promises.notePack(archive, JSON.stringify(facts))
    return facts
  }

  get meanings(): string {
    return this.#parts.gate.meanings
  }

  news(signal: AbortSignal): AsyncIterable<News | MissedNews> {
    return this.#parts.news(signal)
  }

  #meant(name: PackageName): IdentityId | undefined {
    try {
      return this.#parts.gate.shown(name)
    } catch (error) {
      if (isGgenError(error, 'name-contested')) return undefined
      throw error
    }
  }

  #inOrder(name: PackageName): readonly IdentityId[] {
    const { catalogue, trust } = this.#parts
    const bound = trust.pin(name)?.identity
    const rank = (identity: IdentityId): number => (identity === bound ? -1 : (catalogue.knownSince(identity) ?? Infinity))
    return catalogue.claimants(name).toSorted((a, b) => rank(a) - rank(b))
  }
}

const versionsOf = (view: PackageView | undefined): readonly NamedVersion[] =>
  [...(view?.releases.values() ?? [])]
    .sort((a, b) => rcompare(a.version, b.version))
    .map(({ release: { id, at, body }, standing }) =>
      ({ version: body.version, digest: body.artifact.digest, sizeBytes: body.artifact.sizeBytes, standing, publishedAt: at, op: id }))
