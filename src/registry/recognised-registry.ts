import type { PackageName } from '#core'
import type { BlobRange } from '#store'
import type { Delivery, Publication, Records, Registry, RegistryBlob, RegistryQuery, RegistryStatus, RegistryVersion } from './registry.ts'

/** Two registries at one address, of which only one is really there. */
export class RecognisedRegistry implements Registry {
  readonly name: string
  readonly isPrivate: boolean
  readonly #choose: (signal: AbortSignal) => Promise<Registry>

  constructor({ name, isPrivate }: Pick<Registry, 'name' | 'isPrivate'>, choose: (signal: AbortSignal) => Promise<Registry>) {
    this.name = name
    this.isPrivate = isPrivate
    this.#choose = choose
  }

  async search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    return await (await this.#choose(signal)).search(query, signal)
  }

  async find(name: PackageName, signal: AbortSignal): Promise<Records> {
    return await (await this.#choose(signal)).find(name, signal)
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    return await (await this.#choose(signal)).versions(name, signal)
  }

  async *open(blob: RegistryBlob, range: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* (await this.#choose(signal)).open(blob, range, signal)
  }

  async publish(publication: Publication, signal: AbortSignal): Promise<Delivery> {
    return await (await this.#choose(signal)).publish(publication, signal)
  }

  async status(signal: AbortSignal): Promise<RegistryStatus> {
    return await (await this.#choose(signal)).status(signal)
  }
}
