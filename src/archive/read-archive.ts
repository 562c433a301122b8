import { LIMITS } from '#core'
import type { ArchiveEntry } from './archive-entry.ts'
import { broken, tooLarge, unsafe } from './archive-fault.ts'
import { ByteCursor, isAllZero } from './byte-cursor.ts'
import { EntryContent } from './entry-content.ts'
import { readGzipMember } from './gzip-member.ts'
import { checkPathSegment, PathLedger } from './path-rules.ts'
import { parseGnuPath, parsePaxPath } from './tar-extension.ts'
import { parseTarHeader, TAR_BLOCK_BYTES, type TarHeader } from './tar-header.ts'

const EXTENSION_BYTES = 64 * 1024
const FILE_TYPES: ReadonlySet<string> = new Set(['0', '\0'])
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The entries of a gzip-compressed tar file, in order, while its bytes arrive; what was yielded counts only when the last one was.
 * Throws `archive-unsafe` (details `{path, rule}`), `archive-broken`, `archive-too-large`, and what `chunks` throws. Holds one chunk
 * at a time (archives below 128 KiB: up to 4 MiB); waits for the reader.
 */
export async function* readArchive(chunks: AsyncIterable<Uint8Array>, options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<ArchiveEntry> {
  await using packed = new ByteCursor(capped(chunks), options.signal)
  await using tar = new ByteCursor(readGzipMember(packed), options.signal)
  const tree = new ArchiveTree()
  for (;;) {
    const header = await nextHeader(tar, tree)
    if (header === undefined) break
    const place = tree.admit(header)
    const content = new EntryContent(tar, header.sizeBytes)
    if (place.path !== '') yield { ...place, executable: header.executable && place.kind === 'file', sizeBytes: header.sizeBytes, content }
    await content.finish()
  }
  await readEnd(tar)
}

async function* capped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of chunks) {
    sizeBytes += chunk.length
    if (sizeBytes > LIMITS.archiveBytes) throw tooLarge(`the archive is larger than ${LIMITS.archiveBytes} bytes`, LIMITS.archiveBytes)
    yield chunk
  }
}

/** What was seen so far of one archive: its root, its paths, its sizes. */
class ArchiveTree {
  readonly #ledger = new PathLedger()
  #root: string | undefined
  #rootSeen = false
  #unpackedBytes = 0
  #extensions = 0

  /** Counts contents before they are read. Throws `archive-too-large`. */
  reserve(sizeBytes: number): void {
    this.#unpackedBytes += sizeBytes
    if (this.#unpackedBytes > LIMITS.unpackedBytes) throw tooLarge(`the archive unpacks to more than ${LIMITS.unpackedBytes} bytes`, LIMITS.unpackedBytes)
  }

  /** Counts an extended header. Throws `archive-unsafe` and `archive-too-large`. */
  reserveExtension(sizeBytes: number): void {
    if (sizeBytes > EXTENSION_BYTES) throw unsafe('extension', `an extended header in the archive is larger than ${EXTENSION_BYTES} bytes`)
    this.#extensions++
    if (this.#extensions > LIMITS.archiveFiles) throw tooLarge(`more than ${LIMITS.archiveFiles} extended headers`, LIMITS.archiveFiles)
    this.reserve(sizeBytes)
  }

  /** Place of an entry below the root, empty for the root itself. Throws `archive-unsafe` and `archive-too-large`. */
  admit(header: TarHeader): { path: string; kind: 'file' | 'folder' } {
    const name = decodeName(header.name)
    const kind = kindOf(header.type, name)
    if (kind === 'folder' && header.sizeBytes > 0) throw unsafe('type', 'is a folder with contents', name)
    this.reserve(header.sizeBytes)
    const full = kind === 'folder' && name.endsWith('/') ? name.slice(0, -1) : name
    if (full.startsWith('/')) throw unsafe('absolute', 'is an absolute path', name)
    const slash = full.indexOf('/')
    this.#enterRoot(slash === -1 ? full : full.slice(0, slash), name)
    if (slash === -1) {
      if (kind === 'file') throw unsafe('root', 'lies outside of the one root folder', name)
      if (this.#rootSeen) throw unsafe('duplicate', 'is there twice', name)
      this.#rootSeen = true
      return { path: '', kind }
    }
    const path = full.slice(slash + 1)
    this.#ledger.add(path, kind)
    return { path, kind }
  }

  /** `.` is a root like any other: it is what packing the current folder gives. */
  #enterRoot(root: string, name: string): void {
    if (root === this.#root) return
    if (root !== '.') checkPathSegment(root, name)
    if (this.#root !== undefined) throw unsafe('root', `lies outside of the one root folder ${JSON.stringify(this.#root)}`, name)
    this.#root = root
  }
}

/** The next file or folder with the path that extended headers give it; `undefined` at the first block of zeros. */
async function nextHeader(tar: ByteCursor, tree: ArchiveTree): Promise<TarHeader | undefined> {
  let path: Uint8Array | undefined
  let pending = false
  for (;;) {
    const block = await tar.take(TAR_BLOCK_BYTES)
    if (block.length < TAR_BLOCK_BYTES) throw broken('the archive ends too early')
    if (isAllZero(block)) {
      if (pending) throw broken('an extended header in the archive belongs to nothing')
      return undefined
    }
    const header = parseTarHeader(block)
    if (header.type !== 'x' && header.type !== 'L' && header.type !== 'g') return path === undefined ? header : { ...header, name: path }
    tree.reserveExtension(header.sizeBytes)
    const bytes = await readExtension(tar, header.sizeBytes)
    const given = header.type === 'L' ? parseGnuPath(bytes) : parsePaxPath(bytes)
    if (header.type === 'g') {
      if (given !== undefined) throw unsafe('extension', 'an extended header gives one path to all entries')
      continue
    }
    if (given !== undefined && path !== undefined) throw unsafe('extension', 'extended headers give two paths to one entry')
    path = given ?? path
    pending = true
  }
}

async function readExtension(tar: ByteCursor, sizeBytes: number): Promise<Uint8Array> {
  const content = new EntryContent(tar, sizeBytes)
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  await content.finish()
  return Buffer.concat(parts)
}

function kindOf(type: string, name: string): 'file' | 'folder' {
  if (FILE_TYPES.has(type)) {
    if (name.endsWith('/')) throw unsafe('segment', 'is a file with the name of a folder', name)
    return 'file'
  }
  if (type === '5') return 'folder'
  if (type === '1' || type === '2' || type === 'K') throw unsafe('link', 'is a link; only files and folders are allowed', name)
  throw unsafe('type', 'is neither a file nor a folder', name)
}

function decodeName(name: Uint8Array): string {
  try {
    return UTF8.decode(name)
  } catch (error) {
    if (error instanceof TypeError) throw unsafe('encoding', 'is not valid UTF-8', Buffer.from(name).toString('latin1'))
    throw error
  }
}

/** Behind the first block of zeros comes at least one more, whole ones, and nothing else. */
async function readEnd(tar: ByteCursor): Promise<void> {
  let paddingBytes = TAR_BLOCK_BYTES
  for (;;) {
    const chunk = await tar.chunk()
    if (chunk === undefined) break
    if (!isAllZero(chunk)) throw unsafe('after-end', 'something follows the end of the archive')
    paddingBytes += chunk.length
    if (paddingBytes > LIMITS.archivePaddingBytes) throw unsafe('after-end', `more than ${LIMITS.archivePaddingBytes} bytes follow the end of the archive`)
  }
  if (paddingBytes < 2 * TAR_BLOCK_BYTES || paddingBytes % TAR_BLOCK_BYTES !== 0) throw broken('the archive ends too early')
}
