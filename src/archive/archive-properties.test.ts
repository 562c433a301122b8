import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { extract, pack } from 'tar-stream'
import { GgenError } from '#core'
import type { PackFile } from './archive-entry.ts'
import { describeArchive } from './describe-archive.ts'
import { packArchive } from './pack-archive.ts'
import { readArchive } from './read-archive.ts'
import { formatTarHeader, parseTarHeader } from './tar-header.ts'

interface Content {
  readonly executable: boolean
  readonly bytes: Uint8Array
}

const letters = fc.constantFrom('a', 'b', 'c', 'é', '日', '-', '_', '.x', '0', '@', '[id]')
const segment = fc.array(letters, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''))
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')).filter((text) => Buffer.byteLength(text) <= 240)
const content = fc.record({ executable: fc.boolean(), bytes: fc.uint8Array({ maxLength: 3000 }) }, { noNullPrototype: true })

/** Files of which no path is the folder of another one, or another one but for invisible differences. */
const tree = fc.dictionary(path, content, { maxKeys: 12, noNullPrototype: true }).filter((files) => {
  const paths = Object.keys(files)
  return paths.every((one) => paths.every((other) => one === other || !other.startsWith(`${one}/`)))
})

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const packFile = ([name, { executable, bytes }]: readonly [string, Content]): PackFile => ({
  path: name,
  executable,
  sizeBytes: bytes.length,
  content: () => once(bytes),
})

const packed = async (files: Readonly<Record<string, Content>>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(packArchive(Object.entries(files).map(packFile))))

const read = async (bytes: Uint8Array): Promise<Record<string, Content>> => {
  const files: Record<string, Content> = {}
  for await (const entry of readArchive(once(bytes))) {
    const parts = await Array.fromAsync(entry.content)
    if (entry.kind === 'file') files[entry.path] = { executable: entry.executable, bytes: Uint8Array.from(Buffer.concat(parts)) }
  }
  return files
}

/** What another program reads; its types know nothing of the stream that it is. */
const readElsewhere = async (bytes: Uint8Array): Promise<Record<string, Uint8Array>> => {
  const files: Record<string, Uint8Array> = {}
  const reader = extract()
  reader.end(gunzipSync(bytes))
  for await (const entry of reader) {
    const parts = await Array.fromAsync(entry as AsyncIterable<Uint8Array>)
    files[entry.header.name.replace(/^package\//, '')] = Uint8Array.from(Buffer.concat(parts))
  }
  return files
}

const onlyTyped = async (bytes: Uint8Array): Promise<boolean> => {
  try {
    await describeArchive(once(bytes))
    return true
  } catch (error) {
    assert(error instanceof GgenError, `untyped: ${String(error)}`)
    return false
  }
}

describe('archives of any contents', () => {
  it('give back what was packed, whatever it is', async () => {
    await fc.assert(fc.asyncProperty(tree, async (files) => assert.deepEqual(await read(await packed(files)), { ...files })), { numRuns: 150 })
  })

  it('are the same bytes, in whatever order the files come', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async (files, turn) => {
        const entries = Object.entries(files)
        const turned = Object.fromEntries([...entries.slice(turn % (entries.length + 1)), ...entries.slice(0, turn % (entries.length + 1))])
        assert.deepEqual(await packed(turned), await packed(files))
      }),
      { numRuns: 50 },
    )
  })

  it('hold for another program what they hold for us', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        assert.deepEqual(await readElsewhere(await packed(files)), Object.fromEntries(Object.entries(files).map(([name, { bytes }]) => [name, bytes])))
      }),
      { numRuns: 50 },
    )
  })

  it('are read when another program wrote them', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const writer = pack()
        for (const [name, { bytes, executable }] of Object.entries(files)) {
          writer.entry({ name: `package/${name}`, mode: executable ? 0o775 : 0o600 }, Buffer.from(bytes))
        }
        writer.finalize()
        const tar = Buffer.concat(await Array.fromAsync(writer as AsyncIterable<Uint8Array>))
        assert.deepEqual(await read(gzipSync(tar)), { ...files })
      }),
      { numRuns: 50 },
    )
  })
})

describe('archives of any bytes', () => {
  it('give a typed error and nothing else', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => assert(!(await onlyTyped(bytes)))), { numRuns: 300 })
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), async (bytes) => assert(!(await onlyTyped(gzipSync(bytes))))), { numRuns: 300 })
  })

  it('are never read as other contents when a bit is not as it was packed', async () => {
    const whole = await packed({
      'package.json': { executable: false, bytes: Buffer.from('{"name":"a","version":"1.0.0"}') },
      'lib/日本': { executable: true, bytes: Buffer.from('x'.repeat(2000)) },
    })
    assert(await onlyTyped(whole))
    let different = 0
    for (let bit = 10 * 8; bit < whole.length * 8; bit++) {
      const bytes = Uint8Array.from(whole)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      if (!(await onlyTyped(bytes))) continue
      different++
      assert.deepEqual(await read(bytes), await read(whole))
    }
    assert(different < 20, 'deflate can say few things in two ways')
  })

  it('give a typed error when a bit of the tar file inside is another', async () => {
    const manifest = Buffer.from('[package]\nname = "a"\nversion = "1.0.0"')
    const tar = gunzipSync(await packed({ 'package.toml': { executable: false, bytes: manifest }, 'é/b': { executable: false, bytes: manifest } }))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(tar.length * 8 - 1), { minLength: 1, maxLength: 4 }), async (bits) => {
        const bytes = Uint8Array.from(tar)
        for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        await onlyTyped(gzipSync(bytes))
      }),
      { numRuns: 1000 },
    )
  })

  it('give a typed error when a header with a right checksum says anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 512 }), fc.constantFrom(0x30, 0x35, 0x78, 0x4c, 0x67, 0), async (noise, type) => {
        const sizeBytes = noise[0] ?? 0
        const block = Buffer.from(formatTarHeader({ name: 'package/a', prefix: '', type: String.fromCharCode(type), sizeBytes, executable: false }))
        for (let index = 8; index < 100; index++) block[index] = noise[index] ?? 0
        block.fill(' ', 148, 156)
        block.write(`${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
        await onlyTyped(gzipSync(Buffer.concat([block, noise, block, noise, Buffer.alloc(1024)])))
      }),
      { numRuns: 500 },
    )
  })

  it('give a header or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (block) => {
        try {
          parseTarHeader(block)
        } catch (error) {
          assert(error instanceof GgenError)
        }
      }),
    )
  })
})
