import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isGgenError, LIMITS } from '#core'
import { readArchive } from './read-archive.ts'
import { formatTarHeader } from './tar-header.ts'
import { writeGzip } from './write-gzip.ts'

interface Vector {
  readonly name: string
  readonly code: string
  readonly rule?: string
  readonly entries: readonly string[]
  readonly archive: string
}

const vectors = (name: string): readonly Vector[] =>
  JSON.parse(readFileSync(new URL(`../../vectors/archives/${name}.json`, import.meta.url), 'utf8')) as Vector[]

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield await Promise.resolve(bytes.subarray(start, start + chunkBytes))
}

const headerOf = (name: string, sizeBytes: number): Uint8Array => formatTarHeader({ name, prefix: '', type: '0', sizeBytes, executable: false })

/** Bytes that do not compress: they make an archive too large to be inflated at once. */
const NOISE = Uint8Array.from({ length: 300 * 1024 }, (_, index) => (Math.imul(index + 1, 2654435761) >>> 13) & 0xff)

const refusedAs = (code: string, rule?: string) => (error: unknown): true => {
  assert(isGgenError(error), String(error))
  assert.deepEqual([error.code, error.details['rule']], [code, rule], error.message)
  return true
}

const list = async (bytes: Uint8Array, chunkBytes: number): Promise<string[]> => {
  const entries: string[] = []
  for await (const { path, kind, executable } of readArchive(inChunks(bytes, chunkBytes))) {
    entries.push(path + (kind === 'folder' ? '/' : executable ? '*' : ''))
  }
  return entries
}

describe('readArchive and hostile archives', () => {
  for (const { name, code, rule, archive } of vectors('hostile')) {
    it(`refuses ${name}: ${rule ?? code}`, async () => {
      for (const chunkBytes of [1, 7, 512, 2 ** 20]) await assert.rejects(list(Buffer.from(archive, 'base64'), chunkBytes), refusedAs(code, rule))
    })
  }

  it('refuses the same when they are too large to be inflated at once', async () => {
    let tried = 0
    for (const { name, code, rule, archive } of vectors('hostile')) {
      if (rule === 'gzip-member' || /gzip|empty/.test(name)) continue
      const tar = gunzipSync(Buffer.from(archive, 'base64'))
      if (tar.toString('utf8', 0, 8) !== 'package/') continue
      const large = gzipSync(Buffer.concat([headerOf('package/noise', NOISE.length), NOISE, tar]))
      await assert.rejects(list(large, 64 * 1024), refusedAs(code, rule))
      tried++
    }
    assert(tried > 60)
  })
})

describe('readArchive and unusual archives', () => {
  for (const { name, entries, archive } of vectors('accepted')) {
    it(`reads ${name}`, async () => {
      for (const chunkBytes of [1, 512, 2 ** 20]) assert.deepEqual((await list(Buffer.from(archive, 'base64'), chunkBytes)).toSorted(), entries.toSorted())
    })
  }
})

/** A lazy stream of one repeated chunk that counts what was taken. */
const repeated = (chunk: Uint8Array, times: number): { chunks: AsyncGenerator<Uint8Array>; taken: () => number; closed: () => boolean } => {
  let taken = 0
  let closed = false
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (; taken < times; taken++) yield await Promise.resolve(chunk)
    } finally {
      closed = true
    }
  }
  return { chunks: chunks(), taken: () => taken, closed: () => closed }
}

async function* joined(...parts: readonly (Uint8Array | AsyncIterable<Uint8Array>)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part
    else yield* part
  }
}

const MIB = 1024 * 1024

describe('readArchive and bombs', () => {
  for (const bombBytes of [200 * MIB, 1000 * MIB]) {
    it(`stops at the ratio in a file of ${bombBytes / MIB} MiB of zeros, in little memory`, async () => {
      const zeros = repeated(new Uint8Array(MIB), bombBytes / MIB)
      const before = process.memoryUsage().rss
      let unpackedBytes = 0
      const read = async (): Promise<void> => {
        for await (const { content } of readArchive(writeGzip(joined(headerOf('package/zeros', bombBytes), zeros.chunks)))) {
          for await (const piece of content) unpackedBytes += piece.length
        }
      }
      await assert.rejects(read(), refusedAs('archive-too-large'))
      assert(unpackedBytes <= LIMITS.archiveRatioFromBytes + 64 * 1024, `read ${unpackedBytes} bytes`)
      assert(process.memoryUsage().rss - before < 64 * MIB)
      assert(zeros.closed(), 'the source was told to stop')
    })
  }

  it('stops at more files and folders than may be', async () => {
    async function* headers(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 200_000; index++) yield await Promise.resolve(headerOf(`package/${index}-${Math.imul(index, 2654435761)}`, 0))
    }
    let entries = 0
    const read = async (): Promise<void> => {
      for await (const entry of readArchive(writeGzip(headers()))) entries += entry.kind === 'file' ? 1 : 0
    }
    await assert.rejects(read(), refusedAs('archive-too-large'))
    assert.equal(entries, LIMITS.archiveFiles)
  })

  it('stops at an archive that is larger than may be', async () => {
    const noise = repeated(NOISE, Number.POSITIVE_INFINITY)
    const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)
    const stored = joined(gzipHeader, storedBlocks(headerOf('package/a', LIMITS.unpackedBytes), noise.chunks))
    await assert.rejects(async () => {
      for await (const { content } of readArchive(stored)) for await (const piece of content) assert(piece.length > 0)
    }, refusedAs('archive-too-large'))
    assert(noise.taken() * NOISE.length < LIMITS.archiveBytes + MIB)
  })
})

/** Deflate without compression: each block names its length. */
async function* storedBlocks(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of joined(first, rest)) {
    for (let start = 0; start < chunk.length; start += 0xffff) {
      const part = chunk.subarray(start, start + 0xffff)
      const head = Buffer.alloc(5)
      head.writeUInt16LE(part.length, 1)
      head.writeUInt16LE(part.length ^ 0xffff, 3)
      yield head
      yield part
    }
  }
}

describe('readArchive and its reader', () => {
  const second = [headerOf('package/b', 512), new Uint8Array(512).fill(98)]
  const archive = gzipSync(Buffer.concat([headerOf('package/a', NOISE.length), NOISE, ...second, Buffer.alloc(1024)]))

  it('goes on behind contents that nobody read to the end', async () => {
    const sizes: number[] = []
    for await (const { content } of readArchive(inChunks(archive, 1000))) {
      for await (const piece of content) {
        sizes.push(piece.length)
        break
      }
    }
    assert.equal(sizes.length, 2)
  })

  it('takes no more than it needs for the first entry', async () => {
    let taken = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of inChunks(archive, 1024)) {
        taken += chunk.length
        yield chunk
      }
    }
    const entries = readArchive(counted())
    assert.equal((await entries.next()).value?.path, 'a')
    assert(taken < 200 * 1024, `took ${taken} of ${archive.length} bytes`)
    await entries.return(undefined)
  })

  it('tells the source to stop when the reader does', async () => {
    let closed = false
    async function* closing(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(archive, 1024)
      } finally {
        closed = true
      }
    }
    for await (const { path } of readArchive(closing())) {
      assert.equal(path, 'a')
      break
    }
    assert(closed)
  })

  it('stops with the reason of its signal', async () => {
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      for await (const entry of readArchive(inChunks(archive, 1024), { signal: stop.signal })) {
        assert.equal(entry.path, 'a')
        stop.abort(new Error('enough'))
      }
    }
    await assert.rejects(read(), /enough/)
  })

  it('passes on what the source throws', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* inChunks(archive.subarray(0, 1024), 1024)
      throw new Error('the line is down')
    }
    await assert.rejects(Array.fromAsync(readArchive(failing())), /the line is down/)
  })

  it('does not let contents be read when it is too late', async () => {
    const entries = readArchive(inChunks(archive, 1024))
    const first = await entries.next()
    await entries.next()
    assert(first.value !== undefined)
    const { content } = first.value
    await assert.rejects(async () => {
      for await (const piece of content) assert.fail(`read ${piece.length} bytes`)
    }, /before the next entry/)
    await entries.return(undefined)
  })
})
