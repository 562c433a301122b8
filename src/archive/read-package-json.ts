import { GgenError, LIMITS } from '#core'
import { isTable } from './manifest-section.ts'
import { readArchive } from './read-archive.ts'

/** What npm reads in the archive of a package: what it says of itself, and two files that say something by being there. */
export interface ArchivedPackageJson {
  /** The `package.json` at its root, as it stands there. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** There is a `binding.gyp`: npm builds such a package where no script says how. */
  readonly isNative: boolean
  readonly hasShrinkwrap: boolean
}

/**
 * Reads a whole archive once, under the archive profile. Throws `manifest-missing` where there is no `package.json`, `manifest-invalid`, `archive-unsafe`,
 * `archive-broken`, `archive-too-large`, and what `chunks` throws.
 */
export const readPackageJson = async (
  chunks: AsyncIterable<Uint8Array>, options: { readonly signal?: AbortSignal } = {},
): Promise<ArchivedPackageJson> => {
  let bytes: Buffer | undefined
  const seen = new Set<string>()
  for await (const { path, kind, sizeBytes, content } of readArchive(chunks, options)) {
    if (kind !== 'file') continue
    if (!path.includes('/')) seen.add(path)
    if (path !== 'package.json') continue
    if (sizeBytes > LIMITS.manifestBytes) throw invalid(`it is larger than ${LIMITS.manifestBytes} bytes`)
    const parts: Uint8Array[] = []
    for await (const part of content) parts.push(part)
    bytes = Buffer.concat(parts)
  }
  if (bytes === undefined) throw new GgenError('manifest-missing', 'the archive has no package.json: npm cannot install it')
  return { manifest: parse(bytes), isNative: seen.has('binding.gyp'), hasShrinkwrap: seen.has('npm-shrinkwrap.json') }
}

const invalid = (why: string, cause?: unknown): GgenError =>
  new GgenError('manifest-invalid', `package.json: ${why}`, { details: { file: 'package.json' }, ...(cause !== undefined && { cause }) })

/** npm, too, passes over a mark of the byte order. */
const parse = (bytes: Buffer): ArchivedPackageJson['manifest'] => {
  let document: unknown
  try {
    document = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''))
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
  if (!isTable(document)) throw invalid('it must be an object')
  return document
}
