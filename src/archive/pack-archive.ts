import { LIMITS } from '#core'
import type { PackFile } from './archive-entry.ts'
import { broken, tooLarge } from './archive-fault.ts'
import { quote } from './display-text.ts'
import { PathLedger } from './path-rules.ts'
import { formatPaxPath } from './tar-extension.ts'
import { formatTarHeader, splitTarName, TAR_BLOCK_BYTES, tarPaddingBytes } from './tar-header.ts'
import { writeGzip } from './write-gzip.ts'

const ROOT = 'package/'

/**
 * The files as a `.tgz`: below `package/`, sorted by the bytes of their paths, without owners and times. Same files, same bytes, within one
 * version of Node. Throws `archive-unsafe` and `archive-too-large` before any content is opened, `archive-broken` when a content has another
 * size than promised, and what the contents throw.
 */
export async function* packArchive(files: AsyncIterable<PackFile> | Iterable<PackFile>): AsyncGenerator<Uint8Array> {
  yield* writeGzip(writeTar(await collect(files)))
}

async function collect(files: AsyncIterable<PackFile> | Iterable<PackFile>): Promise<PackFile[]> {
  const ledger = new PathLedger()
  const sorted: { file: PackFile; key: Uint8Array }[] = []
  let totalBytes = 0
  for await (const file of files) {
    ledger.add(file.path, 'file')
    totalBytes += file.sizeBytes
    if (totalBytes > LIMITS.unpackedBytes) throw tooLarge(`the files have more than ${LIMITS.unpackedBytes} bytes`, LIMITS.unpackedBytes)
    sorted.push({ file, key: Buffer.from(file.path) })
  }
  return sorted.toSorted((a, b) => Buffer.compare(a.key, b.key)).map(({ file }) => file)
}

async function* writeTar(files: readonly PackFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headersOf(file)
    let sizeBytes = 0
    for await (const chunk of file.content()) {
      sizeBytes += chunk.length
      if (sizeBytes > file.sizeBytes) break
      yield chunk
    }
    if (sizeBytes !== file.sizeBytes) throw broken(`${quote(file.path)} changed while it was packed; run the command again`)
    yield new Uint8Array(tarPaddingBytes(sizeBytes))
  }
  yield new Uint8Array(2 * TAR_BLOCK_BYTES)
}

/** One header, or two where the path fits no plain one. */
function headersOf(file: PackFile): Uint8Array {
  const path = ROOT + file.path
  const { executable, sizeBytes } = file
  const fitting = splitTarName(path)
  if (fitting !== undefined) return formatTarHeader({ ...fitting, type: '0', sizeBytes, executable })
  const pax = formatPaxPath(path)
  return Buffer.concat([
    formatTarHeader({ name: 'PaxHeader', prefix: '', type: 'x', sizeBytes: pax.length, executable: false }),
    pax,
    new Uint8Array(tarPaddingBytes(pax.length)),
    formatTarHeader({ name: path.replace(/[^\x20-\x7e]/gu, '_').slice(0, 100), prefix: '', type: '0', sizeBytes, executable }),
  ])
}
