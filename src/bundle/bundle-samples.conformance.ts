import { digestOf, type IdentityId, parsePackageName, parseVersion } from '#core'
import { parseNpmName, parseNpmVersion } from '#npm'
import type { BundleContents, BundledBytes, BundleFile } from './bundle-contents.ts'
import { writeBundle } from './write-bundle.ts'

export const going: AbortSignal = new AbortController().signal
export const SOURCE = 'https://registry.example/'
export const IDENTITY = 'bafyreie7qme7qme7qme7qme7qme7qme7qme7qme7qme7qmk5xwadaqlove' as IdentityId

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const heldAs = (bytes: Uint8Array): BundledBytes => ({ digest: digestOf(bytes), sizeBytes: bytes.length })

/** A bundle with a version for each archive, and a release with its records. */
export const sampleBundle = (archives: readonly Uint8Array[]): { readonly contents: BundleContents; readonly files: ReadonlyMap<string, Uint8Array> } => {
  const [records, packed] = [bytesOf('records'), bytesOf('a package of the network')]
  const contents: BundleContents = {
    madeAtMs: 1_700_000_000_000,
    registries: [{ source: SOURCE, isPrivate: false, keys: '{"keys":[]}' }, { source: 'https://other.example/npm/', isPrivate: true }],
    versions: archives.map((bytes, place) => ({
      source: SOURCE, name: parseNpmName(`@scope/part-${place}`), version: parseNpmVersion('1.0.0'), integrity: 'sha512-x', ...heldAs(bytes),
      signatures: [{ keyid: 'SHA256:k', sig: 's' }], ...(place % 2 === 0 && { publishedAtMs: 1_600_000_000_000 }),
    })),
    releases: [
      { name: parsePackageName('io.ggen.tool'), version: parseVersion('1.2.0'), identity: IDENTITY, ...heldAs(packed), records: heldAs(records) },
      { name: parsePackageName('vouched'), version: parseVersion('0.1.0'), source: 'https://index.example/', ...heldAs(packed) },
    ],
  }
  return { contents, files: new Map([records, packed, ...archives].map((bytes) => [digestOf(bytes), bytes])) }
}

export const written = async ({ contents, files }: ReturnType<typeof sampleBundle>): Promise<Uint8Array> => {
  const read = async function* ({ digest }: BundleFile): AsyncGenerator<Uint8Array> {
    yield files.get(digest) ?? new Uint8Array()
  }
  return Buffer.concat(await Array.fromAsync(writeBundle(contents, read)))
}

/** The same bytes in pieces of these lengths, over and over. */
export const inPieces = async function* (bytes: Uint8Array, lengths: readonly number[] = [bytes.length]): AsyncGenerator<Uint8Array> {
  for (let place = 0, turn = 0; place < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length
    yield bytes.subarray(place, place + length)
    place += length
  }
}
