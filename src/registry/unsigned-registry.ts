import { GgenError, type PackageName } from '#core'
import { type BlobRange, blobNotFound } from '#store'
import {
  type Delivery, NO_RECORDS, type Publication, type Records, type Registry, type RegistryBlob, type RegistryQuery, type RegistryStatus, type RegistryVersion,
} from './registry.ts'

/** What a registry of somebody else is where signed records are asked for: it has none, which is an answer. */
export class UnsignedRegistry implements Registry {
  readonly name: string
  readonly isPrivate: boolean

  constructor(name: string, isPrivate: boolean) {
    this.name = name
    this.isPrivate = isPrivate
  }

  async search(_query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    signal.throwIfAborted()
    return NO_RECORDS
  }

  async find(_name: PackageName, signal: AbortSignal): Promise<Records> {
    signal.throwIfAborted()
    return NO_RECORDS
  }

  async versions(_name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    signal.throwIfAborted()
    return []
  }

  open({ digest }: RegistryBlob, _range: BlobRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const next = async (): Promise<never> => {
      signal.throwIfAborted()
      throw blobNotFound(digest)
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  async publish(_publication: Publication, signal: AbortSignal): Promise<Delivery> {
    signal.throwIfAborted()
    throw new GgenError('denied', `${this.name} is an index of somebody else: nothing can be published there`)
  }

  async status(signal: AbortSignal): Promise<RegistryStatus> {
    signal.throwIfAborted()
    return {}
  }
}
