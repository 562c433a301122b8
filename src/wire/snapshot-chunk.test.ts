import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { LIMITS } from '#core'
import { decodeSnapshotChunk, SnapshotChunkWriter } from './snapshot-chunk.ts'

const MiB = 1024 * 1024
const RLE_BLOCK_BYTES = 128 * 1024

const write = (envelopes: readonly Uint8Array[]): Uint8Array => {
  const writer = new SnapshotChunkWriter()
  for (const envelope of envelopes) assert(writer.add(envelope))
  return writer.bytes()
}
const compressed = (hex: string): Uint8Array => Uint8Array.from(zstdCompressSync(Buffer.from(hex, 'hex')))
const refused = (bytes: Uint8Array, what: string): void => assert.throws(() => decodeSnapshotChunk(bytes), { code: 'frame-invalid' }, what)
const small = write([Uint8Array.of(1, 2, 3), Uint8Array.of(4)])

/** A zstd frame of blocks that say "this byte so often": four bytes for 128 KiB. */
const bomb = (blocks: number): Uint8Array => {
  const body = Array.from({ length: blocks }, (_, index) => {
    const head = Buffer.alloc(4)
    head.writeUIntLE((RLE_BLOCK_BYTES << 3) | (1 << 1) | Number(index === blocks - 1), 0, 3)
    return head
  })
  return Uint8Array.from(Buffer.concat([Buffer.from('28b52ffd0048', 'hex'), ...body]))
}

test('envelopes come back as they were written, in their order', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 40 }), (envelopes) => {
    assert.deepEqual(decodeSnapshotChunk(write(envelopes)), envelopes)
  }))
})

test('a piece takes in what fits, and is never larger than a piece may be', () => {
  const noise = (seed: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => ((at + seed) * 2_654_435_761) >>> 13)
  const writer = new SnapshotChunkWriter()
  let added = 0
  while (writer.add(noise(added, LIMITS.opBytes))) added += 1
  assert.equal(added, Math.floor(LIMITS.snapshotRawBytes / (LIMITS.opBytes + 4)))
  assert.equal(writer.ops, added)
  assert(writer.bytes().length <= LIMITS.snapshotChunkBytes)
  assert.equal(decodeSnapshotChunk(writer.bytes()).length, added)
  const many = new SnapshotChunkWriter()
  while (many.add(Uint8Array.of(1)));
  assert.equal(many.ops, LIMITS.snapshotChunkOps)
  assert.equal(decodeSnapshotChunk(many.bytes()).length, LIMITS.snapshotChunkOps)
})

test('a piece that would inflate to a gigabyte is refused at once, and without the memory', () => {
  assert.equal(zstdDecompressSync(bomb(3)).length, 3 * RLE_BLOCK_BYTES)
  const large = bomb((1024 * MiB) / RLE_BLOCK_BYTES)
  assert(large.length < 64 * 1024)
  const [began, before] = [performance.now(), process.resourceUsage().maxRSS]
  refused(large, 'a bomb')
  assert(performance.now() - began < 2000)
  assert(process.resourceUsage().maxRSS - before < 32 * 1024, 'kilobytes')
})

test('a piece that wants more memory than any honest one is refused before it gets it', () => {
  const frame = (window: string): Uint8Array => Uint8Array.from(Buffer.from(`28b52ffd00${window}2900000000000101`, 'hex'))
  assert.deepEqual(decodeSnapshotChunk(frame('50')), [Uint8Array.of(1)], 'a window of 1 MiB')
  for (const window of ['58', '88']) refused(frame(window), 'a window of 2 or 128 MiB')
})

test('a piece that is cut off anywhere is refused', () => {
  for (let length = 0; length < small.length; length += 1) refused(small.slice(0, length), `${length} bytes`)
})

test('a piece has one reading: what stands after it or before it is refused', () => {
  const skipped = Buffer.from('502a4d180300000001020300', 'hex')
  for (const [what, parts] of [
    ['bytes', [small, Buffer.from('more')]], ['another piece', [small, small]], ['what is skipped, before', [skipped, small]], ['after', [small, skipped]],
  ] as const) refused(Uint8Array.from(Buffer.concat(parts)), what)
})

test('a piece of no ops is empty; lengths that are cut off, too long or nothing are refused', () => {
  assert.deepEqual(decodeSnapshotChunk(compressed('')), [])
  for (const hex of ['00', '000000', '00000000', '0000000101 00000000', '00000002ff', 'ffffffff00']) refused(compressed(hex.replace(' ', '')), hex)
  refused(compressed('0000000101'.repeat(LIMITS.snapshotChunkOps + 1)), 'too many')
})

test('bytes at random are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => refused(garbage, 'garbage')))
})

test('a piece that was tampered with gives other envelopes, or is refused with the typed error', () => {
  fc.assert(fc.property(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
    const changed = small.slice()
    changed[place]! ^= flip
    try {
      for (const envelope of decodeSnapshotChunk(changed)) assert(envelope.length > 0)
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'frame-invalid')
    }
  }))
})
