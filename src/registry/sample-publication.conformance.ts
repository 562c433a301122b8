import type { Digest } from '#core'
import { blobNotFound } from '#store'
import { Publisher } from '#testing'
import type { Publication, RegistryBlob } from './registry.ts'

/** Publishes packages of one publisher whose archives are texts. */
export class SamplePublisher {
  readonly publisher: Publisher
  readonly #blobs = new Map<Digest, Uint8Array>()

  constructor(seed: string) {
    this.publisher = new Publisher(seed)
  }

  /** The next release of a package: its records, and its blobs. */
  publish(name: string, version: string, content = `${name} ${version}`): Publication & { readonly archive: RegistryBlob; readonly bytes: Uint8Array } {
    const release = this.publisher.release(name, version, { content })
    const { artifact, metadata } = release.body
    const bytes = Buffer.from(content)
    this.#blobs.set(artifact.digest, bytes)
    this.#blobs.set(metadata.digest, Buffer.from('{}'))
    const blobs = [artifact, metadata].map(({ digest, sizeBytes }) => ({ digest, sizeBytes }))
    const blobOf = this.#blobs
    return {
      envelopes: [this.publisher.genesis, release.bytes],
      blobs,
      async *read({ digest }) {
        const blob = blobOf.get(digest)
        if (blob === undefined) throw blobNotFound(digest)
        yield blob
      },
      archive: { digest: artifact.digest, sizeBytes: artifact.sizeBytes },
      bytes,
    }
  }
}
