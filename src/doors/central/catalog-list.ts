import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CENTRAL_LIMITS, type Clock, type Digest, type Events, isGgenError, type PackageName, toGgenError } from '#core'
import type { ListedRelease, Shelf } from '#marketplace'
import { catalogRecord, wholeCatalog } from './catalog-record.ts'
import type { CatalogRecord } from './protocol.ts'

export interface CatalogParts {
  readonly shelf: Pick<Shelf, 'names' | 'listed' | 'pack' | 'meanings' | 'news'>
  readonly clock: Clock
  readonly events: Events
  /** Where this registry is, without a slash at the end. */
  readonly publicUrl: string
}

/** The catalog as it is sent. */
export interface MadeCatalog {
  readonly etag: string
  readonly json: Uint8Array
  readonly gzip: Uint8Array
}

interface Listed {
  readonly release: ListedRelease
  readonly record: CatalogRecord
}

const compress = promisify(gzip)

/**
 * The catalog, kept up to date: what changed is looked at again when it is asked for, at most once a second, and everything once a minute, because
 * archives come without being announced. Disposing ends what is under way.
 */
export class CatalogList implements AsyncDisposable {
  readonly #parts: CatalogParts
  readonly #stop = new AbortController()
  readonly #listening: Promise<void>
  readonly #listed = new Map<PackageName, Listed>()
  /** Names to look at again. */
  readonly #changed = new Set<PackageName>()
  /** Archives that cannot be described. */
  readonly #unreadable = new Set<Digest>()
  #wholeAt = -Infinity
  #lookedAt = -Infinity
  #meanings = ''
  #isStale = true
  #made: MadeCatalog | undefined
  #refreshing: Promise<MadeCatalog> | undefined

  constructor(parts: CatalogParts) {
    this.#parts = parts
    this.#listening = this.#listen()
  }

  /** Records that are listed now. */
  get size(): number {
    return this.#listed.size
  }

  /** Throws what the stores throw. */
  made(): Promise<MadeCatalog> {
    const isRecent = this.#parts.clock.monotonic() - this.#lookedAt < CENTRAL_LIMITS.catalogPauseMs
    if (this.#made !== undefined && isRecent && this.#refreshing === undefined) return Promise.resolve(this.#made)
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled([this.#listening, this.#refreshing])
  }

  async #listen(): Promise<void> {
    const { shelf, events } = this.#parts
    try {
      for await (const news of shelf.news(this.#stop.signal)) {
        if ('name' in news && this.#changed.size < CENTRAL_LIMITS.catalogWaiting) this.#changed.add(news.name)
        else this.#wholeAt = -Infinity
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const { code, message } = toGgenError(error)
      events.emit({ type: 'task-failed', task: 'catalog', code, message })
    }
  }

  async #refresh(): Promise<MadeCatalog> {
    const { shelf, clock } = this.#parts
    const now = clock.monotonic()
    const { meanings } = shelf
    if (meanings !== this.#meanings || now - this.#wholeAt >= CENTRAL_LIMITS.catalogEveryMs) {
      this.#wholeAt = now
      this.#meanings = meanings
      await this.#lookAtAll()
    } else {
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const name of changed) await this.#look(name)
    }
    this.#lookedAt = clock.monotonic()
    if (this.#isStale || this.#made === undefined) this.#made = await this.#make()
    return this.#made
  }

  async #lookAtAll(): Promise<void> {
    const { shelf } = this.#parts
    this.#changed.clear()
    const seen = new Set<PackageName>()
    for (let after = 0; ; ) {
      const { names, last } = shelf.names(after, CENTRAL_LIMITS.catalogSlice)
      for (const name of names) if (!seen.has(name)) await this.#look(name)
      for (const name of names) seen.add(name)
      if (last === after) break
      after = last
      await turn()
      this.#stop.signal.throwIfAborted()
    }
    for (const name of this.#listed.keys()) if (!seen.has(name)) this.#drop(name)
  }

  async #look(name: PackageName): Promise<void> {
    const { shelf, publicUrl } = this.#parts
    const release = shelf.listed(name)
    const before = this.#listed.get(name)?.release
    if (release === undefined) return this.#drop(name)
    if (before?.digest === release.digest && before.version === release.version && before.publishedAt === release.publishedAt) return undefined
    const facts = await this.#describe(release)
    if (facts === undefined) return this.#drop(name)
    this.#listed.set(name, { release, record: catalogRecord(release, facts, publicUrl) })
    this.#isStale = true
    return undefined
  }

  /** What can never be listed is said once; what is not here yet is looked for again. */
  async #describe({ name, version, digest }: ListedRelease) {
    const { shelf, events } = this.#parts
    if (this.#unreadable.has(digest)) return undefined
    try {
      return await shelf.pack(digest, this.#stop.signal)
    } catch (error) {
      this.#stop.signal.throwIfAborted()
      if (!isGgenError(error)) throw error
      if (error.kind.retryable || error.code === 'store-broken') throw error
      if (this.#unreadable.size < CENTRAL_LIMITS.catalogWaiting) this.#unreadable.add(digest)
      events.emit({ type: 'task-failed', task: `catalog ${name}@${version}`, code: error.code, message: error.message })
      return undefined
    }
  }

  #drop(name: PackageName): void {
    if (this.#listed.delete(name)) this.#isStale = true
  }

  async #make(): Promise<MadeCatalog> {
    this.#isStale = false
    const listed = [...this.#listed.values()]
    const newestAt = listed.reduce((newest, { release }) => Math.max(newest, release.publishedAt), 0)
    const json = Buffer.from(JSON.stringify(wholeCatalog(listed.map(({ record }) => record), newestAt)))
    return { json, gzip: await compress(json), etag: `"${createHash('sha256').update(json).digest('base64url')}"` }
  }
}
