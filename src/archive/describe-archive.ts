import { type Fingerprint, Fingerprinter, LIMITS, type Summary } from '#core'
import { cleanLine, cutText } from './display-text.ts'
import type { Manifest } from './manifest.ts'
import { ManifestFinder } from './manifest-finder.ts'
import { encodeMetadata } from './package-metadata.ts'
import { readArchive } from './read-archive.ts'

/** Everything that is derived from the bytes of one archive, and from nothing else. */
export interface ArchiveFacts {
  readonly manifest: Manifest
  /** Of the bytes as they are, compressed. */
  readonly fingerprint: Fingerprint
  readonly files: number
  readonly unpackedBytes: number
  readonly summary: Summary
  readonly scripts: boolean
  readonly bins: number
  readonly dependencies: number
  /** The metadata document: canonical JSON of at most `LIMITS.metadataBytes`. */
  readonly metadata: Uint8Array
}

/**
 * Reads a whole archive once under the archive profile. Throws `archive-unsafe`, `archive-broken`, `archive-too-large`, `manifest-missing`,
 * `manifest-invalid`, `name-invalid`, `version-invalid`, and what `chunks` throws.
 */
export const describeArchive = async (chunks: AsyncIterable<Uint8Array>, options: { readonly signal?: AbortSignal } = {}): Promise<ArchiveFacts> => {
  const fingerprinter = new Fingerprinter()
  const finder = new ManifestFinder()
  let files = 0
  let unpackedBytes = 0
  for await (const entry of readArchive(fingerprinted(chunks, fingerprinter), options)) {
    if (entry.kind !== 'file') continue
    files++
    for await (const piece of finder.watch(entry).content) unpackedBytes += piece.length
  }
  const manifest = finder.finish()
  const { scripts, bins } = manifest
  return {
    manifest,
    fingerprint: fingerprinter.finish(),
    files,
    unpackedBytes,
    summary: summaryOf(manifest),
    scripts,
    bins,
    dependencies: manifest.dependencies.length,
    metadata: encodeMetadata(manifest, { files, unpackedBytes }),
  }
}

async function* fingerprinted(chunks: AsyncIterable<Uint8Array>, fingerprinter: Fingerprinter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    fingerprinter.update(chunk)
    yield chunk
  }
}

const summaryOf = ({ title, description, tags, category, license, author }: Manifest): Summary => ({
  title,
  description: cutText(cleanLine(description), LIMITS.descriptionChars),
  tags,
  category,
  license,
  author,
})
