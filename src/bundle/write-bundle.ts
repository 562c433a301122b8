import { formatTarHeader, TAR_BLOCK_BYTES, tarPaddingBytes } from '#archive'
import { digestOf, GgenError } from '#core'
import { type BundleContents, type BundleFile, filesOf, packagesOf, writeContents } from './bundle-contents.ts'
import { BUNDLE_LIMITS } from './bundle-limits.ts'

/** The file in a bundle that says what is in it. It lies first: by its name a bundle is known. */
export const CONTENTS_NAME = 'ggen-bundle.json'

/** An empty file after it, which is named by the hash of what was said: damage there is found before anything is believed. */
export const sealOf = (contents: Uint8Array): Uint8Array => headerOf(`contents/${hexOf(digestOf(contents))}`, 0)

const hexOf = (digest: string): string => digest.slice('sha256:'.length)

/** Where a file lies in a bundle. */
export const nameOf = ({ kind, digest }: Pick<BundleFile, 'kind' | 'digest'>): string =>
  kind === 'records' ? `records/${hexOf(digest)}` : `archives/${hexOf(digest)}.tgz`

/** The block before the bytes of a file: one way to write it, so that whoever reads it need only compare. */
export const headerOf = (name: string, sizeBytes: number): Uint8Array => formatTarHeader({ name, prefix: '', type: '0', sizeBytes, executable: false })

/** How large a bundle is, bytes. */
export const bundleBytes = (contents: BundleContents): number => {
  const sizes = [Buffer.byteLength(writeContents(contents)), ...filesOf(contents).map(({ sizeBytes }) => sizeBytes)]
  return sizes.reduce((sum, sizeBytes) => sum + TAR_BLOCK_BYTES + sizeBytes + tarPaddingBytes(sizeBytes), 3 * TAR_BLOCK_BYTES)
}

/**
 * A bundle, piece by piece: a plain tar file, so that whoever guards the gap can look into it with any program. `read` gives the bytes of a file. Throws
 * `archive-too-large` where it would say too much of itself, `blob-not-found` where a file has another size than promised, and what `read` throws.
 */
export async function* writeBundle(contents: BundleContents, read: (file: BundleFile) => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const said = Buffer.from(writeContents(contents))
  if (said.length > BUNDLE_LIMITS.contentsBytes) throw new GgenError('archive-too-large', 'the bundle would have too many packages: make several')
  yield* [headerOf(CONTENTS_NAME, said.length), said, new Uint8Array(tarPaddingBytes(said.length)), sealOf(said)]
  for (const file of filesOf(contents)) {
    yield headerOf(nameOf(file), file.sizeBytes)
    let sizeBytes = 0
    for await (const chunk of read(file)) {
      sizeBytes += chunk.length
      if (sizeBytes > file.sizeBytes) break
      yield chunk
    }
    if (sizeBytes !== file.sizeBytes) {
      throw new GgenError('blob-not-found', `the bytes of ${packagesOf(contents, new Set([file.digest])).join(', ')} changed meanwhile`)
    }
    yield new Uint8Array(tarPaddingBytes(sizeBytes))
  }
  yield new Uint8Array(2 * TAR_BLOCK_BYTES)
}
