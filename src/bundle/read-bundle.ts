import { ByteCursor, isAllZero, parseTarHeader, TAR_BLOCK_BYTES, tarPaddingBytes } from '#archive'
import { type GgenError, isGgenError } from '#core'
import { brokenBundle, type BundleContents, type BundleFile, filesOf, packagesOf, parseContents } from './bundle-contents.ts'
import { BUNDLE_LIMITS } from './bundle-limits.ts'
import { CONTENTS_NAME, headerOf, nameOf, sealOf } from './write-bundle.ts'

/** A file of a bundle, while it is read. Nobody has looked yet whether its bytes are those of its name. */
export interface ArrivingFile extends BundleFile {
  /** Its bytes, once. What is not read is passed over. */
  readonly read: () => AsyncGenerator<Uint8Array>
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a file that begins so is a bundle. */
export const isBundle = (start: Uint8Array): boolean => {
  const { length } = CONTENTS_NAME
  return start.length >= TAR_BLOCK_BYTES && Buffer.from(start.subarray(0, length)).toString('latin1') === CONTENTS_NAME && start[length] === 0
}

/** A bundle that is read from its first byte to its last, once. Every method throws `bundle-broken`, and what reading throws. */
export class BundleReader implements AsyncDisposable {
  readonly contents: BundleContents
  readonly #cursor: ByteCursor
  readonly #files: readonly BundleFile[]

  private constructor(cursor: ByteCursor, contents: BundleContents) {
    this.#cursor = cursor
    this.contents = contents
    this.#files = filesOf(contents)
  }

  /** Reads what the bundle says of itself. */
  static async open(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<BundleReader> {
    await using opened = new AsyncDisposableStack()
    const cursor = opened.use(new ByteCursor(chunks, signal))
    const reader = new BundleReader(cursor, parseContents(await readContents(cursor)))
    opened.move()
    return reader
  }

  /** Its files, in order; it was whole when the last one was given and this ended. */
  async *files(): AsyncGenerator<ArrivingFile> {
    for (const file of this.#files) {
      await this.#expect(headerOf(nameOf(file), file.sizeBytes), file)
      const rest = { bytes: file.sizeBytes }
      yield { ...file, read: () => this.#read(file, rest) }
      for await (const _ of this.#read(file, rest)) continue
      await this.#expect(new Uint8Array(tarPaddingBytes(file.sizeBytes)), file)
    }
    const end = await this.#cursor.take(2 * TAR_BLOCK_BYTES)
    if (end.length !== 2 * TAR_BLOCK_BYTES || !isAllZero(end)) throw brokenBundle('the bundle does not end where it should')
    if ((await this.#cursor.chunk()) !== undefined) throw brokenBundle('something comes after the end of the bundle')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cursor[Symbol.asyncDispose]()
  }

  async *#read(file: BundleFile, rest: { bytes: number }): AsyncGenerator<Uint8Array> {
    while (rest.bytes > 0) {
      const chunk = await this.#cursor.upTo(rest.bytes)
      if (chunk === undefined) throw this.#cutIn(file)
      rest.bytes -= chunk.length
      yield chunk
    }
  }

  /** There is one way to write everything that is no content. */
  async #expect(expected: Uint8Array, file: BundleFile): Promise<void> {
    const found = await this.#cursor.take(expected.length)
    if (found.length < expected.length) throw this.#cutIn(file)
    if (Buffer.compare(found, expected) !== 0) throw brokenBundle(`the bundle is damaged at ${this.#called(file)}`)
  }

  #cutIn(file: BundleFile): GgenError {
    return brokenBundle(`the bundle ends in the middle of ${this.#called(file)}`)
  }

  #called({ digest }: BundleFile): string {
    return packagesOf(this.contents, new Set([digest])).slice(0, BUNDLE_LIMITS.namedPackages).join(', ')
  }
}

const noBundle = (cause?: unknown): GgenError =>
  brokenBundle('this is no bundle, or its beginning is damaged', {
    ...(cause !== undefined && { cause }), hint: 'bundles are made with: ggen bundle LOCKFILE -o FILE',
  })

const readContents = async (cursor: ByteCursor): Promise<string> => {
  const block = await cursor.take(TAR_BLOCK_BYTES)
  if (!isBundle(block)) throw noBundle()
  const sizeBytes = sizeIn(block)
  if (sizeBytes > BUNDLE_LIMITS.contentsBytes || Buffer.compare(block, headerOf(CONTENTS_NAME, sizeBytes)) !== 0) throw noBundle()
  const bytes = await cursor.take(sizeBytes)
  const [padding, seal] = [await cursor.take(tarPaddingBytes(sizeBytes)), await cursor.take(TAR_BLOCK_BYTES)]
  if (seal.length < TAR_BLOCK_BYTES) throw brokenBundle('the bundle ends before it has said what is in it')
  if (!isAllZero(padding) || Buffer.compare(seal, sealOf(bytes)) !== 0) throw brokenBundle('what the bundle says of itself is damaged')
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw noBundle(cause)
  }
}

const sizeIn = (block: Uint8Array): number => {
  try {
    return parseTarHeader(block).sizeBytes
  } catch (error) {
    if (isGgenError(error, 'archive-broken')) throw noBundle(error)
    throw error
  }
}
