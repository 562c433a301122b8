import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeFrame, encodeVarint, FINGERPRINT_BYTES, type FrameBound, type FrameRange, FrameWriter, HASH_BYTES, ownVersion } from './range-frame.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const at = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 2 ** 40 - 1 }))
const bound: fc.Arbitrary<FrameBound> = fc.record({ at, hash: fc.uint8Array({ maxLength: HASH_BYTES }) })
const inOrder = (a: FrameBound, b: FrameBound): number => a.at - b.at || Buffer.compare(a.hash, b.hash)
const said = fc.oneof(
  fc.record({ says: fc.constant('skip' as const) }),
  fc.record({ says: fc.constant('fingerprint' as const), fingerprint: bytes(FINGERPRINT_BYTES) }),
  fc.record({ says: fc.constant('hashes' as const), hashes: fc.array(bytes(HASH_BYTES), { maxLength: 5 }) }),
)
const ranges: fc.Arbitrary<FrameRange[]> = fc
  .tuple(fc.uniqueArray(bound, { maxLength: 12, comparator: (a, b) => inOrder(a, b) === 0 }), fc.array(said, { minLength: 13, maxLength: 13 }))
  .map(([bounds, all]) => {
    const ends = [...bounds.map(({ at: time, hash }) => ({ at: time, hash })).sort(inOrder), { at: Infinity, hash: new Uint8Array() }]
    return ends.map((to, place) => ({ to, ...all[place]! }))
  })

const write = (all: readonly FrameRange[]): Uint8Array => {
  const writer = new FrameWriter()
  for (const range of all) writer.add(range)
  return writer.bytes()
}

/** Skips that follow each other are one, and one at the end is nothing. */
const joined = (all: readonly FrameRange[]): FrameRange[] =>
  all.filter(({ says }, place) => says !== 'skip' || (all[place + 1] !== undefined && all[place + 1]?.says !== 'skip'))

test('ranges come back as they were written', () => {
  fc.assert(fc.property(ranges, (all) => assert.deepEqual(decodeFrame(write(all)), joined(all))))
})

test('the bytes are those of the protocol', () => {
  const hash = new Uint8Array(2).fill(0xab)
  const frame = write([
    { to: { at: 300, hash: new Uint8Array() }, says: 'skip' },
    { to: { at: 300, hash }, says: 'fingerprint', fingerprint: new Uint8Array(16).fill(0xcc) },
    { to: { at: Infinity, hash: new Uint8Array() }, says: 'hashes', hashes: [new Uint8Array(32).fill(0xdd)] },
  ])
  // Version; 300 - 0 + 1 in base 128, no prefix, skip; 300 - 300 + 1, two bytes, fingerprint; the end of time, no prefix, one hash.
  assert.equal(Buffer.from(frame).toString('hex'), `61${'822d'}0000${'01'}02abab01${'cc'.repeat(16)}${'00'}000201${'dd'.repeat(32)}`)
  assert.deepEqual([...encodeVarint(0)], [0])
  assert.deepEqual([...encodeVarint(2 ** 35)], [0x81, 0x80, 0x80, 0x80, 0x80, 0x00])
})

test('nothing new is an empty frame', () => {
  const writer = new FrameWriter()
  writer.add({ to: { at: Infinity, hash: new Uint8Array() }, says: 'skip' })
  assert.deepEqual([writer.saysSomething, writer.size, [...writer.bytes()]], [false, 1, [0x61]])
  assert.deepEqual(decodeFrame(writer.bytes()), [])
})

test('another version is told apart from a broken frame', () => {
  assert.equal(decodeFrame(Uint8Array.of(0x62, 1, 2, 3)), undefined)
  assert.deepEqual([...ownVersion()], [0x61])
})

test('what is cut off, out of order, too long or unknown is refused', () => {
  const end = '0000'
  for (const [what, hex] of [
    ['nothing', ''],
    ['a bound that stops', '6101'],
    ['a bound longer than a hash', '610121'],
    ['a mode that is not known', `61${end}03`],
    ['a fingerprint that stops', `61${end}01cccc`],
    ['fewer hashes than promised', `61${end}0202${'dd'.repeat(32)}`],
    ['a number without end', `61${'ff'.repeat(9)}`],
    ['a number beyond what is exact', '61ffffffffffffff7f0000'],
    ['a time that no op has', '61c0808080800100'],
    ['hashes that go back', `61020201020000${'01'}0101${'00'}`],
  ] as const) {
    assert.throws(() => decodeFrame(Uint8Array.from(Buffer.from(hex, 'hex'))), { code: 'frame-invalid' }, what)
  }
})
