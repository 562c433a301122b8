import { encode } from '@ipld/dag-cbor'
import { isGgenError, LIMITS, parseMultiaddr } from '#core'
import { knownPeer, seeded } from '#testing'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  decodeRendezvousEntries, decodeRendezvousQuestion, decodeRendezvousReceipt, encodeRendezvousEntries, encodeRendezvousQuestion, encodeRendezvousReceipt,
  type RendezvousQuestion,
} from './rendezvous-message.ts'

const key = seeded('a key').bytes(32)
const address = parseMultiaddr('/ip4/198.51.100.7/tcp/4001')
const { id: peer } = knownPeer('alice')
const QUESTIONS: readonly RendezvousQuestion[] = [
  { op: 'put', key, addresses: [address, parseMultiaddr('/ip6/2001:db8::1/tcp/4001')] },
  { op: 'put', key, addresses: [] },
  { op: 'get', key, count: LIMITS.rendezvousAnswer },
  { op: 'del', key },
]

const refused = (work: () => unknown): void => assert.throws(work, (error) => isGgenError(error, 'frame-invalid'))

test('Questions and answers come back as they were', () => {
  for (const question of QUESTIONS) assert.deepEqual(decodeRendezvousQuestion(encodeRendezvousQuestion(question)), question)
  for (const done of [true, false]) assert.equal(decodeRendezvousReceipt(encodeRendezvousReceipt(done)), done)
  const entries = Array.from({ length: LIMITS.rendezvousAnswer }, (_, index) => ({
    peer: knownPeer(`peer ${index}`).id,
    addresses: Array.from({ length: index % (LIMITS.rendezvousAddresses + 1) }, () => address),
  }))
  assert.deepEqual(decodeRendezvousEntries(encodeRendezvousEntries(entries)), entries)
})

test('Questions that break a rule are refused', () => {
  const put = (addresses: unknown): unknown => ({ op: 'put', key, addresses })
  const long = `/dns4/${'a'.repeat(60)}.${'b'.repeat(60)}.org/tcp/1`
  const broken: readonly unknown[] = [
    null, [], 'get', key, {}, { op: 'get' }, { op: 'get', key }, { op: 'get', key, n: 0 }, { op: 'get', key, n: 21 }, { op: 'get', key, n: 1.5 },
    { op: 'get', key, n: 1, more: 1 }, { op: 'list', key }, { op: 'del', key, n: 1 }, { op: 'del', key: key.subarray(1) }, { op: 'del', key: 'x'.repeat(32) },
    put(null), put('x'), put([1]), put(['']), put(['nonsense']), put([long]), put([`${address}/p2p/${peer}`]), put([`${peer}@${address}`]),
    put(Array.from({ length: LIMITS.rendezvousAddresses + 1 }, () => address)),
  ]
  for (const value of broken) refused(() => decodeRendezvousQuestion(encode(value)))
})

test('Answers that break a rule are refused', () => {
  const entry = { peer, addresses: [address] }
  for (const value of [null, [], {}, { entries: [entry], done: true }, { entries: Array.from({ length: 21 }, () => entry) }, { entries: [{ peer }] },
    { entries: [{ peer: 'me', addresses: [] }] }, { entries: [{ ...entry, more: 1 }] }, { entries: [null] }]) {
    refused(() => decodeRendezvousEntries(encode(value)))
  }
  for (const value of [null, { done: 1 }, { done: true, n: 1 }, {}]) refused(() => decodeRendezvousReceipt(encode(value)))
})

test('Only the one spelling of a message is one: keys in another order or longer numbers are refused', () => {
  const question = encodeRendezvousQuestion({ op: 'get', key, count: 20 })
  decodeRendezvousQuestion(question)
  const place = question.lastIndexOf(20)
  refused(() => decodeRendezvousQuestion(Uint8Array.from([...question.subarray(0, place), 0x18, 20, ...question.subarray(place + 1)])))
  refused(() => decodeRendezvousQuestion(Uint8Array.from([...question, 0])))
})

test('Any bytes are a message or refused as malformed', () => {
  const good = [...QUESTIONS.map(encodeRendezvousQuestion), encodeRendezvousReceipt(true), encodeRendezvousEntries([{ peer, addresses: [address] }])]
  const flipped = fc.tuple(fc.constantFrom(...good), fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([bytes, at, mask]) => bytes.map((byte, index) => (index === at % bytes.length ? byte ^ mask : byte)))
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), flipped), (bytes) => {
    for (const decode of [decodeRendezvousQuestion, decodeRendezvousReceipt, decodeRendezvousEntries]) {
      try {
        decode(bytes)
      } catch (error) {
        assert(isGgenError(error, 'frame-invalid'), String(error))
      }
    }
  }), { numRuns: 3000 })
})
