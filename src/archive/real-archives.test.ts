import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { describeArchive } from './describe-archive.ts'
import { packArchive } from './pack-archive.ts'
import { readArchive } from './read-archive.ts'

interface CatalogueRow {
  readonly file: string
  readonly name: string
  readonly version: string
  readonly digest: string
  readonly size_bytes: number
  readonly files: number
}

const DATA = resolve(import.meta.dirname, '../..', process.env['GGEN_DATA'] ?? '../shared/data/ggen')
const skip = existsSync(resolve(DATA, 'catalog-v2/archives')) ? false : 'GGEN_DATA names no folder with real archives'

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 5000) yield await Promise.resolve(bytes.subarray(start, start + 5000))
}

const archives = async (): Promise<readonly { readonly row: CatalogueRow; readonly bytes: Uint8Array }[]> => {
  const rows = JSON.parse(await readFile(resolve(DATA, 'catalog-v2/archives.json'), 'utf8')) as CatalogueRow[]
  const present = rows.filter(({ file }) => existsSync(resolve(DATA, file)))
  return await Promise.all(present.map(async (row) => ({ row, bytes: await readFile(resolve(DATA, row.file)) })))
}

const contents = async (bytes: Uint8Array): Promise<Map<string, { executable: boolean; bytes: Buffer }>> => {
  const files = new Map<string, { executable: boolean; bytes: Buffer }>()
  for await (const { path, executable, content } of readArchive(inChunks(bytes))) {
    files.set(path, { executable, bytes: Buffer.concat(await Array.fromAsync(content)) })
  }
  return files
}

describe('the real archives', { skip }, () => {
  it('are accepted, all 139, and are what their catalogue says', async () => {
    const known = await archives()
    assert.equal(known.length, 139)
    for (const { row, bytes } of known) {
      const { manifest, fingerprint, files, summary } = await describeArchive(inChunks(bytes))
      assert.deepEqual(
        { format: manifest.format, name: manifest.name, version: manifest.version, digest: fingerprint.digest, size_bytes: fingerprint.sizeBytes, files },
        { format: 'pack.toml', name: row.name, version: row.version, digest: row.digest, size_bytes: row.size_bytes, files: row.files },
      )
      assert(summary.description.length > 0)
    }
  })

  it('hold the same after they were packed again', async () => {
    for (const { bytes } of await archives()) {
      const files = await contents(bytes)
      const again = packArchive([...files].map(([path, file]) => ({ ...file, path, sizeBytes: file.bytes.length, content: () => inChunks(file.bytes) })))
      const sorted = [...files].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(await contents(Buffer.concat(await Array.fromAsync(again))), new Map(sorted))
    }
  })
})
