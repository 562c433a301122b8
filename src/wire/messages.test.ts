import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digestFromBytes, GgenError, type IdentityId, LIMITS, NPM_LIMITS, type OpId, type PackageName, parsePackageName, sha512FromBytes } from '#core'
import { CID } from 'multiformats/cid'
import * as Multihash from 'multiformats/hashes/digest'
import * as wire from './mod.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const opId: fc.Arbitrary<OpId> = bytes(32).map((hash) => CID.createV1(0x71, Multihash.create(0x12, hash)).toString() as OpId)
const digest = bytes(32).map(digestFromBytes)
const name: fc.Arbitrary<PackageName> = fc.constantFrom('a', 'io.ggen.rust.cli', '@scope/name', 'namespace/name').map(parsePackageName)
const envelope = fc.uint8Array({ minLength: 1, maxLength: 600 })

const feedQuestion: fc.Arbitrary<wire.FeedQuestion> = fc.oneof(
  fc.record({ ask: fc.constant('ops' as const), ids: fc.array(opId, { maxLength: LIMITS.feedIds }) }),
  fc.record({ ask: fc.constant('package' as const), identity: opId as fc.Arbitrary<IdentityId>, name: fc.option(name, { nil: undefined }), skip: fc.nat() }),
)
const searchQuestion: fc.Arbitrary<wire.SearchQuestion> = fc.record(
  {
    words: fc.array(fc.string({ maxLength: 20 }), { maxLength: 16 }),
    limit: fc.nat(LIMITS.searchAnswerHits),
    category: fc.string({ maxLength: 8 }),
    tags: fc.array(fc.string({ maxLength: 8 })),
    author: fc.string({ maxLength: 8 }),
    license: fc.string({ maxLength: 8 }),
    publisher: opId as fc.Arbitrary<IdentityId>,
    kind: fc.string({ maxLength: 8 }),
    scripts: fc.boolean(),
    since: fc.maxSafeNat(),
  },
  { requiredKeys: ['words', 'limit'] },
)

const feedBatch = fc.record({ ops: fc.array(envelope, { maxLength: 50 }), seen: fc.nat(LIMITS.feedIds) })
const shard = fc.nat(0xffff)
const syncQuestion: fc.Arbitrary<wire.SyncQuestion> = fc.oneof(
  fc.record({ ask: fc.constant('reconcile' as const), shard, frame: envelope }),
  fc.record({ ask: fc.constant('snapshot' as const), shard }),
)
const snapshotChunk = fc.record({ digest, sizeBytes: fc.nat(LIMITS.snapshotChunkBytes), ops: fc.nat(LIMITS.snapshotChunkOps) })
const snapshotAnswer: fc.Arbitrary<wire.SnapshotAnswer> = fc.oneof(
  fc.constantFrom('later' as const, 'none' as const),
  fc.record({ ops: fc.nat(), chunks: fc.array(snapshotChunk, { maxLength: 20 }) }),
)
const feedOps = fc.record({ ops: fc.array(envelope, { maxLength: LIMITS.feedOps }), more: fc.boolean() })
const opinionsQuestion = fc.record({ identity: opId as fc.Arbitrary<IdentityId>, after: fc.maxSafeNat() })
const opinionsAnswer = fc.record({ ids: fc.array(opId, { maxLength: LIMITS.feedIds }), last: fc.maxSafeNat() })
const seedQuestion = fc.record({ release: opId, identity: opId as fc.Arbitrary<IdentityId>, name })
const seedAnswer: fc.Arbitrary<wire.SeedAnswer> = fc.oneof(
  fc.record({ answer: fc.constantFrom('willing' as const, 'held' as const) }),
  fc.record({ answer: fc.constant('declined' as const), why: fc.constantFrom<wire.SeedRefusal[]>('policy', 'quota', 'unknown-release', 'busy') }),
)
const blobQuestion = fc.record({ digest, offset: fc.nat(), length: fc.integer({ min: 1, max: LIMITS.blobRangeBytes }) })
const blobAnswer = fc.option(fc.record({ sizeBytes: fc.nat(), bytes: envelope }), { nil: undefined })

const haveQuestion: fc.Arbitrary<wire.HaveQuestion> = fc.array(digest, { maxLength: LIMITS.haveDigests })
  .chain((digests) => fc.record({ digests: fc.constant(digests), enclose: fc.nat(digests.length) }))

const askedDocument = fc.record({ source: fc.webUrl(), name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }) })
const npmQuestion: fc.Arbitrary<wire.NpmQuestion> = fc.array(bytes(64).map(sha512FromBytes), { maxLength: 40 })
  .chain((tarballs) => fc.record({
    tarballs: fc.constant(tarballs), documents: fc.array(askedDocument, { maxLength: NPM_LIMITS.askedDocuments }), enclose: fc.nat(tarballs.length),
  }))
  .chain((question) => fc.constantFrom(question, ...(['ask', 'take', 'drop'] as const).map((keep) => ({ ...question, keep }))))

interface Form {
  readonly what: string
  readonly value: fc.Arbitrary<unknown>
  readonly encode: (value: never) => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
}

const FORMS: readonly Form[] = [
  { what: 'feed question', value: feedQuestion, encode: wire.encodeFeedQuestion, decode: wire.decodeFeedQuestion },
  { what: 'feed batch', value: feedBatch, encode: wire.encodeFeedBatch, decode: wire.decodeFeedBatch },
  { what: 'feed ops', value: feedOps, encode: wire.encodeFeedOps, decode: wire.decodeFeedOps },
  { what: 'opinions question', value: opinionsQuestion, encode: wire.encodeOpinionsQuestion, decode: wire.decodeOpinionsQuestion },
  { what: 'opinions answer', value: opinionsAnswer, encode: wire.encodeOpinionsAnswer, decode: wire.decodeOpinionsAnswer },
  { what: 'search question', value: searchQuestion, encode: wire.encodeSearchQuestion, decode: wire.decodeSearchQuestion },
  { what: 'search ops', value: fc.record({ ops: fc.array(envelope, { maxLength: 20 }) }), encode: wire.encodeSearchOps, decode: wire.decodeSearchOps },
  { what: 'sync question', value: syncQuestion, encode: wire.encodeSyncQuestion, decode: wire.decodeSyncQuestion },
  { what: 'sync answer', value: fc.record({ frame: envelope, ops: fc.nat() }), encode: wire.encodeSyncAnswer, decode: wire.decodeSyncAnswer },
  { what: 'snapshot answer', value: snapshotAnswer, encode: wire.encodeSnapshotAnswer, decode: wire.decodeSnapshotAnswer },
  { what: 'seed question', value: seedQuestion, encode: wire.encodeSeedQuestion, decode: wire.decodeSeedQuestion },
  { what: 'seed answer', value: seedAnswer, encode: wire.encodeSeedAnswer, decode: wire.decodeSeedAnswer },
  { what: 'blob question', value: blobQuestion, encode: wire.encodeBlobQuestion, decode: wire.decodeBlobQuestion },
  { what: 'blob answer', value: blobAnswer, encode: wire.encodeBlobAnswer, decode: wire.decodeBlobAnswer },
  { what: 'have question', value: haveQuestion, encode: wire.encodeHaveQuestion, decode: wire.decodeHaveQuestion },
  { what: 'npm question', value: npmQuestion, encode: wire.encodeNpmQuestion, decode: wire.decodeNpmQuestion },
]

const onlyFrameInvalid = (decode: () => unknown): void => {
  try {
    decode()
  } catch (error) {
    assert.ok(error instanceof GgenError && error.code === 'frame-invalid', String(error))
  }
}

for (const { what, value, encode, decode } of FORMS) {
  describe(`a ${what}`, () => {
    test('survives the way over the wire unchanged', () => {
      fc.assert(fc.property(value, (it) => assert.deepEqual(plain(decode(encode(it as never))), plain(it))))
    })

    test('is refused with a typed error when bits flip or bytes are random', () => {
      fc.assert(
        fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (it, at, mask) => {
          const broken = Uint8Array.from(encode(it as never))
          const index = at % broken.length
          broken[index] = (broken[index] ?? 0) ^ mask
          onlyFrameInvalid(() => decode(broken))
        }),
        { numRuns: 500 },
      )
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => onlyFrameInvalid(() => decode(garbage))), { numRuns: 500 })
    })
  })
}

/** Buffers and Uint8Arrays of the same bytes are the same to us. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    const present = Object.entries(value).filter(([, inner]) => inner !== undefined)
    return Object.fromEntries(present.map(([key, inner]) => [key, plain(inner)]))
  }
  return value
}

test('a question with an unknown key, a missing key or another type is refused', () => {
  for (const hex of ['a16171677375', 'a0', '80', 'f6', 'a26171677375', 'a2617167737566d6d617279']) {
    assert.throws(() => wire.decodeFeedQuestion(Uint8Array.from(Buffer.from(hex, 'hex'))), { code: 'frame-invalid' })
  }
})
