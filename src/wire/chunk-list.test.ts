import { digestBytes, digestOf, GgenError, LIMITS } from '#core'
import { encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chunkListBytes, chunkListDigest, chunkListId, decodeChunkList, encodeChunkList } from './chunk-list.ts'

const refused = { code: 'frame-invalid' }
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const hashOf = (index: number): Uint8Array => digestBytes(digestOf(Buffer.from(`${index}`)))
const list = (count: number): Uint8Array => encodeChunkList(Array.from({ length: count }, (_, index) => hashOf(index)))
const sizeOf = (count: number): number => count * LIMITS.pieceBytes

describe('a chunk list', () => {
  test('comes back as it was, and knows the hash of every piece and of no other', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 300 }), fc.integer({ min: 1, max: LIMITS.pieceBytes }), (hashes, lastBytes) => {
        const sizeBytes = hashes.length === 0 ? 0 : sizeOf(hashes.length - 1) + lastBytes
        const bytes = encodeChunkList(hashes)
        assert.equal(bytes.length, chunkListBytes(sizeBytes))
        const decoded = decodeChunkList(bytes, sizeBytes)
        assert.equal(decoded.count, hashes.length)
        for (const [piece, one] of hashes.entries()) {
          assert.ok(decoded.matches(piece, one))
          assert.ok(!decoded.matches(piece, Uint8Array.from(one, (byte) => byte ^ 1)))
          assert.ok(!decoded.matches(piece, one.subarray(1)))
        }
        for (const piece of [-1, hashes.length, 0.5]) assert.ok(!decoded.matches(piece, hashOf(0)))
      }),
      { numRuns: 50 },
    )
  })

  test('says how long it is for every number of pieces', () => {
    for (const count of [0, 1, 23, 24, 255, 256, LIMITS.blobPieces]) assert.equal(list(count).length, chunkListBytes(sizeOf(count)))
  })

  test('is refused for a blob with more or fewer pieces than it has hashes', () => {
    for (const sizeBytes of [0, sizeOf(2), sizeOf(3) + 1, sizeOf(LIMITS.blobPieces + 1)]) assert.throws(() => decodeChunkList(list(3), sizeBytes), refused)
    assert.equal(decodeChunkList(list(3), sizeOf(2) + 1).count, 3)
  })

  test('is refused with hashes of other lengths, other types or another spelling of the same, and with anything behind it', () => {
    const hashes = [hashOf(0), hashOf(1)]
    const wrong: readonly Uint8Array[] = [
      encode([hashOf(0).subarray(1), Buffer.concat([hashOf(1), Uint8Array.of(0)])]),
      encode([Buffer.concat([hashOf(0), hashOf(1), Uint8Array.of(0, 0)])]),
      encode([hashOf(0), Buffer.from(hashOf(1)).toString('latin1').replaceAll(/[^ -~]/g, 'x').padEnd(32).slice(0, 32)]),
      Buffer.concat([encodeChunkList(hashes), Uint8Array.of(0)]),
      encodeChunkList(hashes).subarray(0, -1),
      encode({ hashes }),
      // The length 2 in two bytes instead of one, and one byte less at the end.
      Buffer.concat([Uint8Array.of(0x98, 2), encodeChunkList(hashes).subarray(1)]).subarray(0, -1),
    ]
    for (const bytes of wrong) assert.throws(() => decodeChunkList(Uint8Array.from(bytes), sizeOf(2)), refused)
  })

  test('is refused with a typed error when bytes are flipped or random', () => {
    const good = list(30)
    const typed = (bytes: Uint8Array): void => {
      try {
        decodeChunkList(bytes, sizeOf(30))
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'frame-invalid', String(error))
      }
    }
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const broken = Uint8Array.from(good)
        broken[at] = (broken[at] ?? 0) ^ mask
        typed(broken)
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.uint8Array({ minLength: good.length, maxLength: good.length }), typed), { numRuns: 200 })
  })

  test('is named in a release by a CID, and as a blob by the digest of the same bytes', () => {
    const bytes = list(2)
    assert.match(chunkListId(bytes), /^bafyrei/)
    assert.equal(chunkListDigest(chunkListId(bytes)), digestOf(bytes))
    assert.notEqual(chunkListId(bytes), chunkListId(list(3)))
  })
})
