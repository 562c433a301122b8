import type { BlobRequest } from '#bulk'
import { type Clock, FINISHED, REGISTRY_LIMITS, type RegistryId } from '#core'
import { Breaker } from './breaker.ts'
import { CachedRegistry } from './cached-registry.ts'
import { CentralRegistry } from './central-registry.ts'
import { GuardedRegistry } from './guarded-registry.ts'
import type { HttpClient } from './http-client.ts'
import type { HybridSource } from './hybrid-registry.ts'
import { PATIENT } from './next-try.ts'
import type { Registry } from './registry.ts'

export interface UpstreamOptions {
  /** Where it is. */
  readonly id: RegistryId
  /** For people. */
  readonly name: string
  readonly http: HttpClient
  readonly clock: Clock
  readonly isPrivate: boolean
  /** As usual where they are absent. */
  readonly timeoutMs?: number
  readonly retries?: number
  readonly cacheAnswers?: number
  readonly cacheTtlMs?: number
}

/** Which bytes are wanted of a server. */
export interface ServerRead extends Omit<BlobRequest, 'peer'> {
  readonly hurried: boolean
}

/** A server with all that belongs to asking it: connections, a memory of its answers, and a breaker. Disposing ends its probes and its connections. */
export class Upstream implements AsyncDisposable {
  readonly id: RegistryId
  readonly isPrivate: boolean
  /** As one of a list. */
  readonly source: HybridSource
  /** Without a memory, and patient: for handing things over. */
  readonly patient: Registry
  readonly #hurried: Registry
  readonly #breaker: Breaker
  readonly #http: HttpClient
  readonly #clock: Clock

  constructor(options: UpstreamOptions) {
    const { id, name, http, clock, isPrivate, timeoutMs = PATIENT.firstByteMs, retries = PATIENT.tries - 1, cacheAnswers, cacheTtlMs } = options
    this.id = id
    this.isPrivate = isPrivate
    this.#http = http
    this.#clock = clock
    const patience = { ...PATIENT, firstByteMs: timeoutMs, firstChunkMs: timeoutMs, tries: retries + 1 }
    const central = new CentralRegistry({ http, clock, name, isPrivate, patience })
    const hurried = central.hurried()
    this.#breaker = new Breaker({ clock, probe: (signal) => hurried.status(signal) })
    this.patient = new GuardedRegistry(central, this.#breaker, { insists: true })
    this.#hurried = new GuardedRegistry(hurried, this.#breaker)
    const cache = { clock, ...(cacheAnswers !== undefined && { answers: cacheAnswers }), ...(cacheTtlMs !== undefined && { ttlMs: cacheTtlMs }) }
    this.source = { registry: new CachedRegistry(this.patient, cache), hurried: new CachedRegistry(this.#hurried, cache) }
  }

  /** Whether it did not answer when it was last asked. */
  get isAvoided(): boolean {
    return this.#breaker.refusal !== undefined
  }

  /** Whether an answer of it is late, and it is not known yet whether it is gone. */
  get isDoubted(): boolean {
    return this.#breaker.isDoubted
  }

  /** Resolves when something that was asked of it has ended, or is so late that others had better be asked as well; to whether it is. */
  async isLate(asked: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController()
    const ended = Promise.allSettled([asked]).then(() => false)
    const isLate = await Promise.race([ended, this.#headStart(AbortSignal.any([signal, over.signal]))])
    over.abort(FINISHED)
    if (isLate) this.#breaker.late()
    return isLate
  }

  /** None where it was late before. Resolves to whether it was waited out. */
  async #headStart(signal: AbortSignal): Promise<boolean> {
    const waitMs = this.isAvoided || this.isDoubted ? 0 : REGISTRY_LIMITS.headStartMs
    const [waited] = await Promise.allSettled([this.#clock.wait(waitMs, signal)])
    // This node may have been busy itself: what came meanwhile is heard first.
    await Promise.allSettled([this.#clock.wait(0, signal)])
    return waited.status === 'fulfilled' && !signal.aborted
  }

  /** Bytes of a blob, unchecked; `hurried`: others may have them too. Throws as `Registry.open`. */
  read({ digest, sizeBytes, offset, length, hurried }: ServerRead, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return (hurried ? this.#hurried : this.patient).open({ digest, sizeBytes }, { offset, length }, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#breaker[Symbol.asyncDispose]()
    this.#http[Symbol.dispose]()
  }
}
