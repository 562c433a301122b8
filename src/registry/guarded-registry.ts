import { type GgenError, type PackageName, toGgenError } from '#core'
import type { BlobRange } from '#store'
import type { Breaker } from './breaker.ts'
import { isFailure } from './failures.ts'
import type { Delivery, Publication, Records, Registry, RegistryBlob, RegistryQuery, RegistryStatus, RegistryVersion } from './registry.ts'

/** A registry that is left alone while its breaker is open: whoever asks then is told at once why. */
export class GuardedRegistry implements Registry {
  readonly name: string
  readonly isPrivate: boolean
  readonly #inner: Registry
  readonly #breaker: Breaker
  readonly #insists: boolean

  /** `insists`: it is asked all the same, by whoever can ask nobody else. */
  constructor(inner: Registry, breaker: Breaker, { insists = false }: { readonly insists?: boolean } = {}) {
    this.name = inner.name
    this.isPrivate = inner.isPrivate
    this.#inner = inner
    this.#breaker = breaker
    this.#insists = insists
  }

  search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    return this.#ask(() => this.#inner.search(query, signal), signal)
  }

  find(name: PackageName, signal: AbortSignal): Promise<Records> {
    return this.#ask(() => this.#inner.find(name, signal), signal)
  }

  versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    return this.#ask(() => this.#inner.versions(name, signal), signal)
  }

  async *open(blob: RegistryBlob, range: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#assertWorthAsking()
    try {
      for await (const chunk of this.#inner.open(blob, range, signal)) {
        this.#breaker.answered()
        yield chunk
      }
    } catch (error) {
      throw this.#note(error, signal)
    }
  }

  publish(publication: Publication, signal: AbortSignal): Promise<Delivery> {
    return this.#ask(() => this.#inner.publish(publication, signal), signal)
  }

  status(signal: AbortSignal): Promise<RegistryStatus> {
    return this.#ask(() => this.#inner.status(signal), signal)
  }

  async #ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#assertWorthAsking()
    try {
      const answer = await question()
      this.#breaker.answered()
      return answer
    } catch (error) {
      throw this.#note(error, signal)
    }
  }

  #assertWorthAsking(): void {
    const { refusal } = this.#breaker
    if (refusal !== undefined && !this.#insists) throw refusal
  }

  /** Whatever is no failure is an answer, unless whoever asked left before there was any. */
  #note(error: unknown, signal: AbortSignal): GgenError {
    if (isFailure(error)) this.#breaker.failed(error)
    else if (!signal.aborted) this.#breaker.answered()
    if (signal.aborted && signal.reason === error) throw error
    return toGgenError(error)
  }
}
