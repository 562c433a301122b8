import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decode } from '@ipld/dag-cbor'
import { isGgenError, LIMITS, type Op } from '#core'
import { openEach, openOp, opIdOf } from '#trust'
import { Dice, rounds } from '#testing'
import { forged, mutated } from './mutate-op.ts'

const INPUTS = rounds(3000, 1_000_000)
const SLICE = 100

const VALID = new URL('../../vectors/ops/valid/', import.meta.url)

const envelopes = readdirSync(VALID)
  .map((name) => (JSON.parse(readFileSync(new URL(name, VALID), 'utf8')) as { envelopeHex: string }).envelopeHex)
  .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')))

const payloadOf = (envelope: Uint8Array): Uint8Array => decode<[number, Uint8Array]>(envelope)[1]

/** The op, or `undefined` when it was refused as it must be: with a typed error that says little of its content. */
const opened = (envelope: Uint8Array): Op | undefined => {
  try {
    return openOp(envelope)
  } catch (error) {
    assert(isGgenError(error, 'op-invalid'), `${String(error)} for ${Buffer.from(envelope).toString('hex')}`)
    assert(typeof error.details['reason'] === 'string' && error.message.length < 200)
    return undefined
  }
}

const millisecondsOf = (work: () => void): number => {
  const began = performance.now()
  work()
  return performance.now() - began
}

test(`of ${INPUTS} mutated signed records none is accepted but under its own payload, and all errors are typed`, (t) => {
  const dice = new Dice(1)
  const good = new Set(envelopes.map((envelope) => opIdOf(payloadOf(envelope))))
  const counts = { refused: 0, same: 0, accepted: 0 }
  for (let count = 0; count < INPUTS; count++) {
    const input = mutated(dice, envelopes)
    const op = opened(input)
    if (op === undefined) counts.refused++
    else if (good.has(op.id) && op.id === opIdOf(payloadOf(input))) counts.same++
    else counts.accepted++
  }
  t.diagnostic(`${counts.refused} refused, ${counts.same} with the identical payload, ${counts.accepted} others`)
  assert.equal(counts.accepted, 0)
  assert(counts.same > 0 && counts.same < INPUTS / 10, 'some lost or doubled a signature and stayed what they were; most are broken')
})

test('what a stranger signs himself is refused, or is exactly what he signed', (t) => {
  const dice = new Dice(2)
  let accepted = 0
  for (let count = 0; count < INPUTS / 10; count++) {
    const made = forged(dice, envelopes)
    const op = made && opened(made.envelope)
    if (made === undefined || op === undefined) continue
    accepted++
    assert.equal(op.id, opIdOf(made.payload))
  }
  t.diagnostic(`${accepted} of ${INPUTS / 10} were well-formed`)
  assert(accepted > INPUTS / 1000)
})

test('opening many gives each the verdict that it has alone', () => {
  const dice = new Dice(3)
  for (let count = 0; count < INPUTS / 10; count += SLICE) {
    const inputs = Array.from({ length: SLICE }, () => (dice.roll(4) === 0 ? dice.pick(envelopes) : mutated(dice, envelopes)))
    const alone = inputs.map(opened)
    assert.deepEqual(openEach(inputs).map(({ op }) => op), alone)
  }
})

/** Bytes of the largest size that take as long to judge as an attacker can make it. */
const costly = (): Uint8Array[] => {
  const filled = (byte: number, ...head: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(LIMITS.opBytes).fill(byte)
    bytes.set(head)
    return bytes
  }
  const room = LIMITS.opBytes - 3
  const list = filled(0x80, 0x99, room >> 8, room & 0xff)
  const pairs = room >> 1
  const maps = filled(0xa0, 0x99, room >> 8, room & 0xff)
  const oneKey = filled(0x60, 0xb9, pairs >> 8, pairs & 0xff)
  const keys = Uint8Array.from([0xb9, 0x0f, 0xff, ...Array.from({ length: 4095 }, (_, n) => [0x62, 0x20 + (n >> 6), 0x20 + (n & 63), 0x00]).flat()])
  return [list, maps, oneKey, keys.subarray(0, LIMITS.opBytes), filled(0x81), filled(0xa1), filled(0xff), filled(0x1b), filled(0x18, 0x83, 0x01, 0x59)]
}

test('refusing costs no more than opening: in the mean of mutated records, and of what is made to be costly', (t) => {
  const dice = new Dice(4)
  const signed = envelopes.filter((envelope) => envelope.length < 5000)
  const broken = Array.from({ length: 2000 }, () => mutated(dice, signed))
  const [largest] = envelopes.toSorted((a, b) => b.length - a.length)
  assert(largest !== undefined)
  const each = (inputs: readonly Uint8Array[]): number => {
    const rounds = Array.from({ length: 5 }, () => millisecondsOf(() => inputs.forEach(opened)) / inputs.length)
    return rounds.sort((a, b) => a - b)[0] ?? Number.NaN
  }
  const [good, refused, most] = [each(signed), each(broken), each([largest])]
  const worst = Math.max(...costly().map((input) => each([input])))
  t.diagnostic(`opening ${good.toFixed(3)} ms, the largest ${most.toFixed(3)} ms; refusing ${refused.toFixed(3)} ms, the costliest ${worst.toFixed(3)} ms`)
  assert(refused < good, 'a flood of broken records costs less than one of good ones')
  assert(worst < 4 * most, 'no record of the largest size is much dearer than a good one that is as large')
})
