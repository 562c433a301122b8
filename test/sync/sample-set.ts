import { type Op, type OpId, opIdHash } from '#core'
import { Publisher, TEST_EPOCH } from '#testing'
import { openOp } from '#trust'

/** Ops that were really signed, once: five publishers, packages whose ops crowd into one second, and some that say more of them. */
const sign = (): readonly Op[] => {
  const ops: Op[] = []
  for (const [index, name] of ['alice', 'bob', 'carol', 'dave', 'erin'].entries()) {
    const publisher = new Publisher(name, TEST_EPOCH + index * 3)
    ops.push(openOp(publisher.genesis))
    // As old as the genesis: some of their hashes stand before it in the set.
    for (let n = 0; n < 14; n += 1) ops.push(publisher.release('crowd', `1.${n}.0`, { at: TEST_EPOCH + index * 3 }))
    for (let n = 0; n < 8; n += 1) ops.push(publisher.release('steps', `1.${n}.0`))
    ops.push(publisher.status('steps', '1.0.0', { state: 'yanked' }))
  }
  return ops
}

export const VALID: readonly Op[] = sign()

const keyOf = (envelope: Uint8Array): string => Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
const byBytes = new Map(VALID.map((op) => [keyOf(op.bytes), op]))

/** The op in an envelope when it is one of the valid ones: stands for opening it, which would check its signatures thousands of times. */
export const knownOp = (envelope: Uint8Array): Op | undefined => byBytes.get(keyOf(envelope))

/** What an op stands on. */
export const parentsOf = (op: Op): readonly OpId[] =>
  [op.prev, op.type === 'release' || op.type === 'status' ? op.body.roles : undefined].filter((id) => id !== undefined)

/** The ops at some places in `VALID` that have all that they stand on among them: what an honest node may hold. */
export const closed = (places: readonly number[]): readonly Op[] => {
  const held = new Set<OpId>()
  const wanted = new Set(places)
  // `VALID` has parents before children.
  return VALID.filter((op, place) => wanted.has(place) && parentsOf(op).every((id) => held.has(id)) && held.add(op.id))
}

/** Envelopes of valid ops whose signature was tampered with: their ids are right, and no honest node holds them. */
export const FORGED: readonly Uint8Array[] = VALID.map(({ bytes }) => Uint8Array.from(bytes, (byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)))

export const HASHES: readonly Uint8Array[] = VALID.map(({ id }) => opIdHash(id))
