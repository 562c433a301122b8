import { type Digest, digestFromBytes, GgenError, LIMITS, NPM_LIMITS, sha512FromBytes } from '#core'
import { encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  decodeNpmAnswer, decodeNpmQuestion, encodeNpmAnswer, encodeNpmQuestion, type HeldDocument, type HeldTarball, type HeldVersion,
  type NpmAnswer, type NpmAsked,
} from './npm-message.ts'

const refused = { code: 'frame-invalid' }
type Change = Readonly<Record<string, unknown>>

/** So many of the first archives may be enclosed in any of these answers. */
const ENCLOSE = 5

const digestWith = (fill: number): Digest => digestFromBytes(new Uint8Array(32).fill(fill))
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(digestFromBytes)
const held: fc.Arbitrary<HeldTarball> = fc.record({ digest, sizeBytes: fc.nat(NPM_LIMITS.tarballBytes) })
const tarball: fc.Arbitrary<HeldTarball | 'coming' | undefined> = fc.oneof(fc.constantFrom<('coming' | undefined)[]>('coming', undefined), held)
const word = (most: number) => fc.string({ minLength: 1, maxLength: most, unit: 'grapheme-ascii' })
const version: fc.Arbitrary<HeldVersion> = fc.record({
  version: word(NPM_LIMITS.heldVersionBytes), integrity: word(NPM_LIMITS.heldIntegrityBytes),
  signatures: fc.array(fc.record({ keyid: word(9), sig: word(9) }, { noNullPrototype: true }), { maxLength: NPM_LIMITS.heldSignatures }), at: fc.maxSafeNat(),
}, { requiredKeys: ['version', 'integrity', 'signatures'], noNullPrototype: true })
const document: fc.Arbitrary<HeldDocument> = fc.record(
  { versions: fc.array(version, { maxLength: 5 }), keys: word(99) }, { requiredKeys: ['versions'], noNullPrototype: true },
)
const small = fc.record({ digest, bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }) })
const answer: fc.Arbitrary<NpmAnswer> = fc
  .record({
    given: fc.array(small, { maxLength: ENCLOSE }),
    others: fc.array(tarball, { maxLength: 40 }),
    documents: fc.array(fc.option(document, { nil: undefined }), { maxLength: NPM_LIMITS.askedDocuments }),
  })
  .map(({ given, others, documents }) => ({
    tarballs: [...given.map(({ digest: of, bytes }) => ({ digest: of, sizeBytes: bytes.length })), ...others],
    enclosed: new Map(given.map(({ bytes }, index) => [index, bytes])),
    documents,
  }))

const askedFor = ({ tarballs, documents }: NpmAnswer): NpmAsked =>
  ({ tarballs: tarballs.length, documents: documents.length, enclose: Math.min(ENCLOSE, tarballs.length) })

const plain = ({ tarballs, enclosed, documents }: NpmAnswer): unknown => ({
  // What is generated has no prototype.
  tarballs: tarballs.map((tarball) => (typeof tarball === 'object' ? { ...tarball } : tarball)),
  documents: documents.map((document) => document && { ...document }),
  enclosed: [...enclosed].map(([index, bytes]) => [index, Buffer.from(bytes).toString('hex')]),
})

describe('a question for what npm clients want', () => {
  const asked = { source: 'https://registry.example/', name: '@scope/tool' }
  const spelled = (change: Change): Uint8Array => encode({ tarballs: [new Uint8Array(64)], documents: [asked], enclose: 1, ...change })

  test('always fits, and nothing more than the largest is taken', () => {
    const tarballs = Array.from({ length: NPM_LIMITS.askedTarballs }, (_, index) => sha512FromBytes(new Uint8Array(64).fill(index)))
    const longest = { source: 'ä'.repeat(NPM_LIMITS.sourceBytes / 2), name: 'n'.repeat(NPM_LIMITS.nameBytes) }
    const documents = Array.from({ length: NPM_LIMITS.askedDocuments }, () => longest)
    const largest = encodeNpmQuestion({ tarballs, documents, enclose: tarballs.length })
    assert.ok(largest.length <= LIMITS.questionBytes, `${largest.length} bytes`)
    assert.deepEqual(decodeNpmQuestion(largest), { tarballs, documents, enclose: tarballs.length })
    const [one] = tarballs
    assert.ok(one !== undefined)
    for (const more of [
      { tarballs: [...tarballs, one], documents }, { tarballs, documents: [...documents, longest] },
      { tarballs, documents: [{ ...longest, source: `${longest.source}x` }] },
      { tarballs, documents: [{ ...longest, name: 'ä'.repeat(NPM_LIMITS.nameBytes / 2 + 1) }] },
    ]) assert.throws(() => decodeNpmQuestion(encodeNpmQuestion({ ...more, enclose: 0 })), refused)
  })

  test('is refused with a part missing, of another type or out of its bounds', () => {
    assert.deepEqual(decodeNpmQuestion(spelled({})).documents, [asked])
    for (const keep of ['ask', 'take', 'drop'] as const) {
      const question = { ...decodeNpmQuestion(spelled({})), keep }
      assert.deepEqual(encodeNpmQuestion(question), spelled({ keep }))
      assert.deepEqual(decodeNpmQuestion(spelled({ keep })), question)
    }
    const wrong: readonly Change[] = [
      { tarballs: [new Uint8Array(32)] }, { tarballs: ['00'] }, { tarballs: null }, { documents: null }, { documents: [null] },
      { documents: [{ source: 'x' }] },
      { documents: [{ ...asked, more: 1 }] }, { documents: [{ ...asked, name: '' }] }, { documents: [{ ...asked, source: '' }] },
      { documents: [{ ...asked, name: 7 }] }, { enclose: 2 }, { enclose: -1 }, { enclose: null }, { bulk: null }, { keep: true }, { keep: 'give' },
    ]
    for (const change of wrong) assert.throws(() => decodeNpmQuestion(spelled(change)), refused, JSON.stringify(change))
  })
})

describe('an answer to what npm clients want', () => {
  const three: NpmAsked = { tarballs: 3, documents: 1, enclose: 1 }
  const digests = [new Uint8Array(32), new Uint8Array(32)]
  const spelled = (change: Change): Uint8Array =>
    encode({ tarballs: Uint8Array.of(3, 2, 1), digests, sizes: [7, 9], enclosed: [new Uint8Array(7)], documents: [null], ...change })

  test('comes back as it was', () => {
    fc.assert(fc.property(answer, (value) => assert.deepEqual(plain(decodeNpmAnswer(encodeNpmAnswer(value), askedFor(value))), plain(value))))
  })

  test('always fits: the largest question, everything held, and as much enclosed as may be', () => {
    const count = LIMITS.enclosedBytes / NPM_LIMITS.enclosedTarballBytes
    const largest: NpmAnswer = {
      tarballs: Array.from({ length: NPM_LIMITS.askedTarballs }, (_, index) => (
        { digest: digestWith(index), sizeBytes: index < count ? NPM_LIMITS.enclosedTarballBytes : NPM_LIMITS.tarballBytes }
      )),
      enclosed: new Map(Array.from({ length: count }, (_, index) => [index, new Uint8Array(NPM_LIMITS.enclosedTarballBytes)])),
      documents: Array.from({ length: NPM_LIMITS.askedDocuments }, () => ({
        keys: 'k'.repeat(NPM_LIMITS.heldKeysBytes),
        versions: Array.from({ length: NPM_LIMITS.heldVersions }, () => ({
          version: 'v'.repeat(NPM_LIMITS.heldVersionBytes), integrity: 'i'.repeat(NPM_LIMITS.heldIntegrityBytes), at: Number.MAX_SAFE_INTEGER,
          signatures: Array.from({ length: NPM_LIMITS.heldSignatures }, () =>
            ({ keyid: 'k'.repeat(NPM_LIMITS.heldKeyIdBytes), sig: 's'.repeat(NPM_LIMITS.heldSignatureBytes) })),
        })),
      })),
    }
    const bytes = encodeNpmAnswer(largest)
    assert.ok(bytes.length <= LIMITS.messageBytes, `${bytes.length} bytes`)
    const asked = { tarballs: NPM_LIMITS.askedTarballs, documents: NPM_LIMITS.askedDocuments, enclose: NPM_LIMITS.askedTarballs }
    assert.deepEqual(plain(decodeNpmAnswer(bytes, asked)), plain(largest))
  })

  test('is refused when its lists do not add up, or hold what nobody asked for', () => {
    const whole = decodeNpmAnswer(spelled({}), three)
    assert.deepEqual([whole.tarballs[1], whole.enclosed.get(0)?.length, whole.documents], ['coming', 7, [undefined]])
    const signature = { keyid: 'k', sig: 's' }
    const one = { version: '1.0.0', integrity: 'sha512-x', signatures: [signature], at: 1 }
    const document = { versions: [one], keys: 'k' }
    const taken = decodeNpmAnswer(spelled({ documents: [{ ...document, keys: null, versions: [{ ...one, at: null }] }] }), three).documents[0]
    assert.deepEqual(taken, { versions: [{ version: '1.0.0', integrity: 'sha512-x', signatures: [signature] }] })
    const large = NPM_LIMITS.enclosedTarballBytes + 1
    const wrong: readonly Change[] = [
      { tarballs: Uint8Array.of(3, 2) }, { tarballs: Uint8Array.of(3, 2, 1, 0) }, { tarballs: [3, 2, 1] }, { tarballs: Uint8Array.of(3, 1, 1) },
      { tarballs: Uint8Array.of(3, 2, 0) }, { tarballs: Uint8Array.of(3, 2, 4) }, { tarballs: Uint8Array.of(1, 2, 1) }, { tarballs: Uint8Array.of(1, 2, 3) },
      { digests: digests.slice(1) }, { digests: [...digests, new Uint8Array(32)] }, { digests: [new Uint8Array(32), new Uint8Array(64)] }, { digests: null },
      { sizes: [7] }, { sizes: [7, 9, 9] }, { sizes: [7, -1] }, { sizes: [7, 0.5] }, { sizes: [7, NPM_LIMITS.tarballBytes + 1] }, { sizes: [8, 9] },
      { enclosed: [] }, { enclosed: [new Uint8Array(7), new Uint8Array(9)] }, { enclosed: null }, { sizes: [0, 9], enclosed: [new Uint8Array(0)] },
      { sizes: [large, 9], enclosed: [new Uint8Array(large)] },
      { documents: [] }, { documents: [null, null] }, { documents: null }, { documents: [7] }, { bulk: null },
      ...[
        { versions: [one] }, { ...document, more: 1 }, { ...document, keys: '' }, { ...document, keys: 'k'.repeat(NPM_LIMITS.heldKeysBytes + 1) },
        ...[
          { ...one, more: 1 }, { ...one, version: '' }, { ...one, version: 'v'.repeat(NPM_LIMITS.heldVersionBytes + 1) }, { ...one, integrity: '' },
          { ...one, integrity: 'i'.repeat(NPM_LIMITS.heldIntegrityBytes + 1) }, { ...one, at: -1 }, { ...one, signatures: null },
          { ...one, signatures: Array.from({ length: NPM_LIMITS.heldSignatures + 1 }, () => signature) },
          { ...one, signatures: [{ ...signature, sig: '' }] }, { ...one, signatures: [{ keyid: 'k' }] },
        ].map((version) => ({ ...document, versions: [version] })),
        { ...document, versions: Array.from({ length: NPM_LIMITS.heldVersions + 1 }, () => one) },
      ].map((wrongOne) => ({ documents: [wrongOne] })),
    ]
    for (const change of wrong) assert.throws(() => decodeNpmAnswer(spelled(change), three), refused, JSON.stringify(change))
    assert.throws(() => decodeNpmAnswer(spelled({}), { ...three, enclose: 0 }), refused)
  })

  test('is refused with a typed error when bits flip or bytes are random', () => {
    const typed = (bytes: Uint8Array, asked: NpmAsked): void => {
      try {
        decodeNpmAnswer(bytes, asked)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'frame-invalid', String(error))
      }
    }
    fc.assert(
      fc.property(answer, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, mask) => {
        const broken = Uint8Array.from(encodeNpmAnswer(value))
        const index = at % broken.length
        broken[index] = (broken[index] ?? 0) ^ mask
        typed(broken, askedFor(value))
      }),
      { numRuns: 500 },
    )
    const garbage = fc.uint8Array({ maxLength: 300 })
    fc.assert(fc.property(garbage, fc.nat(3), (bytes, tarballs) => typed(bytes, { tarballs, documents: 1, enclose: 0 })), { numRuns: 300 })
  })
})
