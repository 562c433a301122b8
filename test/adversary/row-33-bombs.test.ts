import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'
import { readArchive } from '#archive'
import { isGgenError, LIMITS } from '#core'
import { archive, END, file, folder, header, MANIFEST } from '../../vectors/archives/raw-tar.ts'
import { openSandbox } from './archive-sandbox.ts'

const KiB = 1024
const MiB = 1024 * KiB
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])

/** A piece of a deflate stream that any other one may follow. */
const piece = (bytes: Uint8Array): Buffer => deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH })

const ZEROS = piece(new Uint8Array(MiB))

/** A gzip file of blocks and of so many MiB of zeros each, packed in no time. It has no end: nobody should get there. */
const bombOf = (...parts: readonly (Uint8Array | number)[]): Buffer =>
  Buffer.concat([GZIP_HEADER, ...parts.map((part) => (typeof part === 'number' ? Buffer.concat(Array.from({ length: part }, () => ZEROS)) : piece(part)))])

/** Many files of as many MiB each as one may have. */
const bombInFiles = (files: number, mib: number): Buffer => {
  const one = (index: number): Buffer =>
    Buffer.concat([piece(header({ name: `package/f${index}`, sizeBytes: mib * MiB })), ...Array.from({ length: mib }, () => ZEROS)])
  return Buffer.concat([GZIP_HEADER, piece(MANIFEST), ...Array.from({ length: files }, (_, index) => one(index))])
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 64 * KiB) yield bytes.subarray(start, start + 64 * KiB)
}

interface Figures {
  readonly unpackedBytes: number
  readonly entries: number
  readonly grownBytes: number
  readonly limit: number
}

/** Reads until it is refused as too large. */
const read = async (bytes: Uint8Array): Promise<Figures> => {
  const before = process.memoryUsage().rss
  let [unpackedBytes, entries, most] = [0, 0, before]
  const reading = (async () => {
    for await (const { content } of readArchive(inChunks(bytes))) {
      entries += 1
      for await (const part of content) {
        unpackedBytes += part.length
        most = Math.max(most, process.memoryUsage.rss())
      }
    }
  })()
  const [{ reason }] = await Promise.allSettled([reading]) as [PromiseRejectedResult]
  assert.ok(isGgenError(reason, 'archive-too-large'), String(reason))
  return { unpackedBytes, entries, grownBytes: most - before, limit: Number(reason.details['limit']) }
}

const size10GiB = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 2, 0x80, 0, 0, 0])
const RATIO_STOP = LIMITS.archiveRatioFromBytes + 64 * KiB

/** What it is, what it would unpack to, and where reading it must have stopped. */
const BOMBS: Readonly<Record<string, readonly [bytes: () => Buffer, mostBytes: number, limit: number]>> = {
  'a file of 200 MiB of zeros': [() => bombOf(MANIFEST, header({ name: 'package/z', sizeBytes: 200 * MiB }), 200), RATIO_STOP, LIMITS.archiveRatio],
  'a file of 1000 MiB of zeros': [() => bombOf(MANIFEST, header({ name: 'package/z', sizeBytes: 1000 * MiB }), 1000), RATIO_STOP, LIMITS.archiveRatio],
  'a file of 10 GiB of zeros': [() => bombOf(MANIFEST, header({ name: 'package/z', rawSize: size10GiB }), 10_240), RATIO_STOP, LIMITS.unpackedBytes],
  '2,000 files of a MiB of zeros': [() => bombInFiles(2000, 1), RATIO_STOP, LIMITS.archiveRatio],
  'an extended header of 200 MiB': [() => bombOf(MANIFEST, header({ name: 'x', type: 'x', sizeBytes: 200 * MiB }), 200), 64 * KiB, Number.NaN],
  'zeros without end where a header should be': [() => bombOf(MANIFEST, END, 10_240), 64 * KiB, Number.NaN],
}

describe('archives that unpack to more than they should', () => {
  for (const [name, [make, mostBytes, limit]] of Object.entries(BOMBS)) {
    test(`${name}: reading stops at the limit, in little memory, and nothing is installed`, async (t) => {
      const bytes = make()
      await using sandbox = await openSandbox()
      if (Number.isNaN(limit)) assert.equal(await sandbox.install(bytes), 'archive-unsafe')
      else {
        const figures = await read(bytes)
        assert.equal(figures.limit, limit)
        assert.ok(figures.unpackedBytes <= mostBytes, `${figures.unpackedBytes} bytes were unpacked`)
        assert.ok(figures.grownBytes < 32 * MiB, `${figures.grownBytes} bytes more memory`)
        assert.equal(await sandbox.install(bytes), 'archive-too-large')
        const grown = `${Math.round(figures.grownBytes / KiB)} KiB more memory`
        t.diagnostic(`${bytes.length} bytes: stopped after ${figures.unpackedBytes} (limit ${mostBytes}), ${grown}`)
      }
      assert.deepEqual(await sandbox.outside(), [])
    })
  }

  test(`60,000 empty files, or folders, end at ${LIMITS.archiveFiles}`, async (t) => {
    const names = Array.from({ length: 60_000 }, (_, index) => `package/${Math.imul(index, 2654435761) >>> 0}`)
    for (const make of [(name: string) => header({ name }), (name: string) => folder(`${name}/`)]) {
      const bytes = archive(MANIFEST, Buffer.concat(names.map(make)))
      const { entries, limit, grownBytes } = await read(bytes)
      assert.deepEqual([limit, entries <= LIMITS.archiveFiles], [LIMITS.archiveFiles, true])
      assert.ok(grownBytes < 200 * MiB, `${grownBytes} bytes`)
      t.diagnostic(`${bytes.length} bytes: stopped after ${entries} entries`)
    }
  })

  test(`folders deeper than ${LIMITS.archivePathDepth}, and files that each bring many of them, are refused`, async () => {
    await using sandbox = await openSandbox()
    assert.equal(await sandbox.install(archive(MANIFEST, file(`package/${'d/'.repeat(LIMITS.archivePathDepth)}f`))), 'archive-unsafe')
    const wide = Array.from({ length: 2000 }, (_, index) => file(`package/${index}/${'d/'.repeat(29)}f`))
    assert.equal((await read(archive(MANIFEST, ...wide))).limit, LIMITS.archiveFiles)
  })
})
