import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { GgenError } from '#core'
import { ByteCursor, isAllZero } from './byte-cursor.ts'
import { readGzipMember } from './gzip-member.ts'
import { inflate } from './inflate.ts'
import { writeGzip } from './write-gzip.ts'

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield await Promise.resolve(bytes.subarray(start, start + chunkBytes))
}

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(chunks))

/** Text that compresses to about a third, so that 2 MiB of it are too large to be inflated at once. */
const text = (sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(sizeBytes)
  for (let index = 0; index < sizeBytes; index++) bytes[index] = 97 + ((Math.imul(index, 2654435761) >>> 21) % 7)
  return bytes
}

describe('ByteCursor', () => {
  it('gives bytes by chunk, by count and back', async () => {
    const cursor = new ByteCursor(inChunks(Buffer.from('abcdefghij'), 3))
    assert.equal(Buffer.from(await cursor.take(4)).toString(), 'abcd')
    assert.equal(Buffer.from((await cursor.chunk()) ?? []).toString(), 'ef')
    cursor.unread(Buffer.from('EF'))
    assert.equal(Buffer.from((await cursor.upTo(1)) ?? []).toString(), 'E')
    assert.equal(Buffer.from(await cursor.take(100)).toString(), 'Fghij')
    assert.equal(await cursor.chunk(), undefined)
    assert.equal((await cursor.take(1)).length, 0)
  })

  it('never gives an empty chunk', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(new Uint8Array(0))
      yield Buffer.from('a')
    }
    assert.equal((await new ByteCursor(source()).chunk())?.length, 1)
  })

  it('knows zeros', () => {
    assert(isAllZero(new Uint8Array(9)))
    assert(!isAllZero(Uint8Array.of(0, 0, 1)))
  })
})

describe('inflate', () => {
  for (const sizeBytes of [0, 1, 1000, 100 * 1024, 3 * 1024 * 1024, 6 * 1024 * 1024]) {
    it(`gives back ${sizeBytes} bytes and stops exactly behind them`, async () => {
      const bytes = text(sizeBytes)
      for (const chunkBytes of [sizeBytes > 10_000 ? 4099 : 1, 2 ** 24]) {
        const cursor = new ByteCursor(inChunks(Buffer.concat([deflateRawSync(bytes), Buffer.from('REST')]), chunkBytes))
        assert(bytes.equals(await collect(inflate(cursor))))
        assert.equal(Buffer.from(await cursor.take(10)).toString(), 'REST')
      }
    })
  }

  it('gives small pieces of what is little but unpacks to much', async () => {
    const packed = Buffer.concat([deflateRawSync(new Uint8Array(9 * 1024 * 1024)), Buffer.from('REST')])
    let largest = 0
    for await (const piece of inflate(new ByteCursor(inChunks(packed, packed.length)))) largest = Math.max(largest, piece.length)
    assert.equal(largest, 64 * 1024)
  })
})

describe('readGzipMember', () => {
  it('reads what gzip writes, and what writeGzip writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 700 }), async (bytes, chunkBytes) => {
        const own = await collect(writeGzip(inChunks(bytes, chunkBytes)))
        assert.deepEqual(gunzipSync(own), Buffer.from(bytes))
        for (const packed of [gzipSync(bytes), own]) {
          assert.deepEqual(await collect(readGzipMember(new ByteCursor(inChunks(packed, chunkBytes)))), Buffer.from(bytes))
        }
      }),
    )
  })

  it('refuses with a typed error whatever else it is given', async () => {
    const whole = gzipSync(text(3000))
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(whole.length), async (place, change, length) => {
        const bytes = Uint8Array.from(whole).subarray(0, length)
        if (place < length) bytes[place] = (bytes[place] ?? 0) ^ change
        await collect(readGzipMember(new ByteCursor(inChunks(bytes, 100)))).catch((error: unknown) => assert(error instanceof GgenError, String(error)))
      }),
      { numRuns: 1000 },
    )
  })

  it('checks the checksum of a header that has one', async () => {
    const plain = gzipSync('x')
    const head = Buffer.from([0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3, 0, 0])
    await assert.rejects(collect(readGzipMember(new ByteCursor(inChunks(Buffer.concat([head, plain.subarray(10)]), 5)))), /header of the gzip file is damaged/)
  })

  it('refuses a header without an end', async () => {
    const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(10_000, 'n')])
    await assert.rejects(collect(readGzipMember(new ByteCursor(inChunks(head, 1000)))), /too long/)
  })
})

describe('writeGzip', () => {
  it('gives the same bytes however its input is cut', async () => {
    const bytes = text(700 * 1024)
    const whole = await collect(writeGzip(inChunks(bytes, bytes.length)))
    for (const chunkBytes of [1000, 256 * 1024, 256 * 1024 + 1]) assert(whole.equals(await collect(writeGzip(inChunks(bytes, chunkBytes)))))
    assert(gunzipSync(whole).equals(bytes))
  })

  it('compresses almost as well as in one go', async () => {
    const bytes = text(2 * 1024 * 1024)
    assert((await collect(writeGzip(inChunks(bytes, 5000)))).length < gzipSync(bytes, { level: 9 }).length * 1.01)
  })

  it('writes neither time nor operating system', async () => {
    assert.equal((await collect(writeGzip(inChunks(Buffer.from('x'), 1)))).subarray(0, 10).toString('hex'), '1f8b08000000000002ff')
  })
})
