import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import { isGgenError, LIMITS } from '#core'
import { signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { openOp, opIdOf } from './open-op.ts'

/** More by setting GGEN_TEST_RUNS. */
const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 200)

const FAULTS = ['size', 'cbor', 'envelope', 'canonical', 'version', 'type', 'schema', 'name', 'semver', 'key', 'signature']
const VALID = new URL('../../vectors/ops/valid/', import.meta.url)

const envelopes = readdirSync(VALID)
  .map((name) => (JSON.parse(readFileSync(new URL(name, VALID), 'utf8')) as { envelopeHex: string }).envelopeHex)
  .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))
  .filter((bytes) => bytes.length < 5000)

const isRefused = (bytes: Uint8Array): boolean => {
  try {
    openOp(bytes)
    return false
  } catch (error) {
    assert(isGgenError(error, 'op-invalid'), String(error))
    assert(FAULTS.includes(error.details['reason'] as string), String(error.details['reason']))
    assert(error.message.length < 200)
    return true
  }
}

const key = keyPairFromSeed(new Uint8Array(32).fill(9))

test('an envelope with any one byte changed is refused', () => {
  fc.assert(fc.property(fc.constantFrom(...envelopes), fc.nat(), fc.integer({ min: 1, max: 255 }), (envelope, at, mask) => {
    const index = at % envelope.length
    assert(isRefused(envelope.map((byte, position) => (position === index ? byte ^ mask : byte))))
  }), { numRuns: 10 * RUNS })
})

test('an envelope that lost or gained bytes is refused', () => {
  fc.assert(fc.property(fc.constantFrom(...envelopes), fc.nat(), fc.uint8Array({ maxLength: 4 }), (envelope, at, added) => {
    const index = at % envelope.length
    assert(isRefused(envelope.subarray(0, index)))
    if (added.length > 0) assert(isRefused(Uint8Array.from([...envelope.subarray(0, index), ...added, ...envelope.subarray(index)])))
  }), { numRuns: RUNS })
})

test('random bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => assert(isRefused(bytes))), { numRuns: 10 * RUNS })
})

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('v', 't', 'at', 'seq', 'prev', 'b', 'id', 'feed', 'x', 'roles', 'name', '__proto__', 'constructor', '/', 'bytes'), fc.string()),
      tie('value'),
      { maxKeys: 8 },
    ),
  ),
}))

/** The encoder throws for a few values that it takes for links; nobody can make an op of those with it (the vectors do by hand). */
const isEncodable = (one: unknown): boolean => {
  try {
    return encode(one).length > 0
  } catch (error) {
    assert(error instanceof Error)
    return false
  }
}

test('structured nonsense is refused, signed or not, and pollutes nothing', () => {
  fc.assert(fc.property(value.filter(isEncodable), (nonsense) => {
    const payload = encode(nonsense)
    assert(isRefused(payload))
    if (payload.length < 2000) assert(isRefused(signPayload(payload, [key])))
    assert(isRefused(encode([1, nonsense, nonsense])))
    assert.equal(Object.hasOwn(Object.prototype, 'v'), false)
  }), { numRuns: 2 * RUNS })
})

test('a nearly right payload with one field replaced by anything is refused or opens to that payload', () => {
  const field = fc.constantFrom('v', 't', 'at', 'seq', 'prev', 'b', 'x', 'more')
  const right = { v: 1, t: 'status', at: 1, seq: 0, prev: null, b: {} }
  fc.assert(fc.property(field, value.filter(isEncodable), (name, replacement) => {
    const payload = encode({ ...right, [name]: replacement })
    const envelope = payload.length < 2000 ? signPayload(payload, [key]) : payload
    if (!isRefused(envelope)) assert.equal(openOp(envelope).id, opIdOf(payload))
  }), { numRuns: 2 * RUNS })
})

test('claimed lengths cost no memory', () => {
  const heads = ['9b001fffffffffffff', 'bb001fffffffffffff', '5b001fffffffffffff', '7b001fffffffffffff', '9affffffff', 'baffffffff', '83019affffffff']
  const before = process.memoryUsage().heapUsed
  for (const head of heads) assert(isRefused(Uint8Array.from(Buffer.from(head, 'hex'))))
  const crowd = new Uint8Array(LIMITS.opBytes).fill(0x80)
  crowd.set([0x99, 0x3f, 0xfd])
  for (let round = 0; round < 50; round += 1) assert(isRefused(crowd))
  assert(process.memoryUsage().heapUsed - before < 128 * 1024 * 1024)
})

test('an opened op keeps its own copy of the bytes', () => {
  const [first] = envelopes
  assert(first !== undefined)
  const shared = Uint8Array.from(first)
  const op = openOp(shared)
  shared.fill(0)
  assert.deepEqual(op.bytes, first)
  const inside = Uint8Array.from([...new Uint8Array(10_000), ...first])
  assert.equal(openOp(inside.subarray(10_000)).bytes.buffer.byteLength, first.length, 'a message that carried it is not kept alive')
})

test('a Buffer opens like any other bytes', () => {
  for (const envelope of envelopes) assert.deepEqual(openOp(Buffer.from(envelope)), openOp(envelope))
})
