import { type Clock, type PackageName, REGISTRY_LIMITS } from '#core'
import type { BlobRange } from '#store'
import { isFailure } from './failures.ts'
import { readVersions } from './read-versions.ts'
import type { Delivery, Publication, Records, Registry, RegistryBlob, RegistryQuery, RegistryStatus, RegistryVersion } from './registry.ts'

export interface CacheOptions {
  readonly clock: Clock
  /** Answers that are remembered, those that were used longest ago go first. Absent: as usual. */
  readonly answers?: number
  /** How long an answer is taken without asking again. Absent: as usual. */
  readonly ttlMs?: number
}

interface Remembered {
  readonly records: Records
  readonly bytes: number
  readonly atMs: number
}

/**
 * Remembers what a registry answered, so that it need not be asked again for a while, and when it fails, what it answered before is better than
 * nothing. Many who ask the same at the same time make one question. That there is nothing is not remembered: the next moment it may be there.
 */
export class CachedRegistry implements Registry {
  readonly name: string
  readonly isPrivate: boolean
  readonly anew: Registry
  readonly #inner: Registry
  readonly #clock: Clock
  readonly #answers: number
  readonly #ttlMs: number
  readonly #remembered = new Map<string, Remembered>()
  readonly #asking = new Map<string, Shared>()
  #bytes = 0

  constructor(inner: Registry, { clock, answers = REGISTRY_LIMITS.cachedAnswers, ttlMs = REGISTRY_LIMITS.cacheTtlMs }: CacheOptions) {
    this.name = inner.name
    this.isPrivate = inner.isPrivate
    this.#inner = inner
    this.#clock = clock
    this.#answers = answers
    this.#ttlMs = ttlMs
    this.anew = {
      name: this.name,
      isPrivate: this.isPrivate,
      search: (query, signal) => this.#ask(keyOf(query), (ending) => inner.search(query, ending), { ttlMs: 0, signal }),
      find: (name, signal) => this.#ask(name, (ending) => inner.find(name, ending), { ttlMs: 0, signal }),
      versions: (name, signal) => this.versions(name, signal),
      open: (blob, range, signal) => inner.open(blob, range, signal),
      publish: (publication, signal) => inner.publish(publication, signal),
      status: (signal) => inner.status(signal),
    }
  }

  search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    return this.#ask(keyOf(query), (ending) => this.#inner.search(query, ending), { ttlMs: this.#ttlMs, signal })
  }

  find(name: PackageName, signal: AbortSignal): Promise<Records> {
    return this.#ask(name, (ending) => this.#inner.find(name, ending), { ttlMs: this.#ttlMs, signal })
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    const { envelopes } = await this.find(name, signal)
    return readVersions(name, envelopes, this.#clock)
  }

  open(blob: RegistryBlob, range: BlobRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#inner.open(blob, range, signal)
  }

  /** What is new there makes what was answered before old. */
  async publish(publication: Publication, signal: AbortSignal): Promise<Delivery> {
    try {
      return await this.#inner.publish(publication, signal)
    } finally {
      this.#remembered.clear()
      this.#bytes = 0
    }
  }

  status(signal: AbortSignal): Promise<RegistryStatus> {
    return this.#inner.status(signal)
  }

  async #ask(key: string, question: (ending: AbortSignal) => Promise<Records>, { ttlMs, signal }: Asking): Promise<Records> {
    signal.throwIfAborted()
    const known = this.#remembered.get(key)
    const age = known === undefined ? Infinity : this.#clock.monotonic() - known.atMs
    if (known !== undefined && age < ttlMs) {
      this.#put(key, known)
      return { ...known.records, isRemembered: true }
    }
    try {
      const records = await this.#shared(key, question).join(signal)
      if (records.envelopes.length > 0 && records.partial !== true) this.#remember(key, records)
      return records
    } catch (error) {
      if (known === undefined || age >= REGISTRY_LIMITS.staleMs || !isFailure(error)) throw error
      return { ...known.records, staleBecause: error }
    }
  }

  #shared(key: string, question: (ending: AbortSignal) => Promise<Records>): Shared {
    const asking = this.#asking.get(key)
    if (asking !== undefined && !asking.isLeft) return asking
    const shared = new Shared(question, () => {
      if (this.#asking.get(key) === shared) this.#asking.delete(key)
    })
    this.#asking.set(key, shared)
    return shared
  }

  #remember(key: string, records: Records): void {
    this.#put(key, { records, bytes: records.envelopes.reduce((sum, { length }) => sum + length, key.length), atMs: this.#clock.monotonic() })
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= this.#answers && this.#bytes <= REGISTRY_LIMITS.cachedBytes) return
      this.#forget(oldest)
    }
  }

  #put(key: string, remembered: Remembered): void {
    this.#forget(key)
    this.#remembered.set(key, remembered)
    this.#bytes += remembered.bytes
  }

  #forget(key: string): void {
    this.#bytes -= this.#remembered.get(key)?.bytes ?? 0
    this.#remembered.delete(key)
  }
}

interface Asking {
  /** How old an answer may be. */
  readonly ttlMs: number
  readonly signal: AbortSignal
}

/** One question for all who ask it: it ends when nobody waits any more. */
class Shared {
  readonly #stop = new AbortController()
  readonly #answer: Promise<Records>
  #waiting = 0

  constructor(question: (ending: AbortSignal) => Promise<Records>, onEnd: () => void) {
    this.#answer = question(this.#stop.signal).finally(onEnd)
    // Whoever waits for it hears of its failure.
    this.#answer.catch(() => undefined)
  }

  /** Nobody waits for it any more. */
  get isLeft(): boolean {
    return this.#stop.signal.aborted
  }

  async join(signal: AbortSignal): Promise<Records> {
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting += 1
    try {
      if (signal.aborted) onAbort()
      return await Promise.race([this.#answer, aborted])
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#waiting -= 1
      if (this.#waiting === 0) this.#stop.abort(signal.reason)
    }
  }
}

/** A name can hold no space. */
const keyOf = (query: RegistryQuery): string => `? ${JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)))}`
