import { decode, encode } from '@ipld/dag-cbor'
import { LIMITS } from '#core'
import { type KeyPair, keyPairFromSeed, signPayload } from '#trust'
import type { Dice } from '#testing'

/** What an attacker makes of a good envelope, with another one at hand. */
type Mutation = (dice: Dice, envelope: Uint8Array, other: Uint8Array) => Uint8Array

const at = (bytes: Uint8Array, place: number): number => bytes[place] ?? 0

/** Every place is flipped at most once: two equal flips would give the good input back. */
const flipBits: Mutation = (dice, envelope) => {
  const broken = Uint8Array.from(envelope)
  for (const place of new Set(Array.from({ length: 1 + dice.roll(4) }, () => dice.roll(broken.length)))) broken[place] = at(broken, place) ^ (1 << dice.roll(8))
  return broken
}

const swapBytes: Mutation = (dice, envelope) => {
  const broken = Uint8Array.from(envelope)
  const [first, second] = [dice.roll(broken.length), dice.roll(broken.length)]
  broken[first] = at(envelope, second)
  broken[second] = at(envelope, first)
  return broken
}

const cut: Mutation = (dice, envelope) => envelope.subarray(0, dice.roll(envelope.length))

const extend: Mutation = (dice, envelope) => Uint8Array.from([...envelope, ...dice.bytes(1 + dice.roll(8))])

/** Some bytes go, come twice, or come from another place or another op. */
const splice: Mutation = (dice, envelope, other) => {
  const from = dice.pick([envelope, other])
  const [place, start] = [dice.roll(envelope.length), dice.roll(from.length)]
  const [removed, added] = [dice.roll(40), from.subarray(start, start + dice.roll(40))]
  return Uint8Array.from([...envelope.subarray(0, place), ...added, ...envelope.subarray(place + removed)])
}

const garbage: Mutation = (dice) => dice.bytes(dice.roll(400))

/** Begins as every op does, so that what comes after it is looked at. */
const garbageInside: Mutation = (dice, envelope) => Uint8Array.from([...envelope.subarray(0, dice.roll(30)), ...dice.bytes(dice.roll(400))])

/** A head that says something else than it did, at a place where a head may be. */
const otherHead: Mutation = (dice, envelope) => {
  const broken = Uint8Array.from(envelope)
  broken[dice.roll(broken.length)] = dice.pick([0x18, 0x19, 0x1b, 0x58, 0x78, 0x80, 0x9b, 0x9f, 0xa0, 0xbb, 0xbf, 0xd8, 0xf4, 0xf6, 0xf7, 0xf9, 0xff])
  return broken
}

type Tree = Record<string | number, unknown>

/** Copied before use: what is put somewhere may be altered in its turn. */
const STRANGE: readonly unknown[] = [
  null, true, 0, 1, -1, 2 ** 32, Number.MAX_SAFE_INTEGER, 0.5, '', 'live', '*', '1.0.0', 'tool', '\u202Etool', 'x'.repeat(700),
  new Uint8Array(34), [], {}, [[]],
  { '/': 'a', bytes: 'a' }, { crit: ['x'] },
]

/** Every list and map in a decoded value, with the value itself. */
const branches = (value: unknown, depth = 0): Tree[] => {
  const isBranch = typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !('asCID' in value)
  return isBranch && depth < 16 ? [value as Tree, ...Object.values(value).flatMap((item) => branches(item, depth + 1))] : []
}

/** Puts something else, something more, or nothing in some place of the value. */
const alter = (dice: Dice, value: unknown, donor: unknown): void => {
  const branch = dice.pick(branches(value))
  const keys = Object.keys(branch)
  const key = keys.length === 0 || dice.roll(6) === 0 ? dice.pick(['x', 'extra', '__proto__', 'constructor', 'need', 'at', '0']) : dice.pick(keys)
  const strange: unknown = dice.roll(2) === 0 ? structuredClone(dice.pick(STRANGE)) : dice.pick(Object.values(dice.pick(branches(donor))).concat(null))
  if (Array.isArray(branch) && dice.roll(2) === 0) branch.push(strange)
  else if (!Array.isArray(branch) && dice.roll(4) === 0) Reflect.deleteProperty(branch, key)
  else Object.defineProperty(branch, key, { value: strange, configurable: true, enumerable: true, writable: true })
}

const encodeOr = (value: unknown, otherwise: Uint8Array): Uint8Array => {
  try {
    return Uint8Array.from(encode(value))
  } catch {
    // A value that has no encoding, such as one that the library takes for a link and is none.
    return otherwise
  }
}

type Envelope = [number, Uint8Array, [Uint8Array, Uint8Array][]]

/** Another value, encoded as it must be: in the envelope, or in the payload under signatures that are not its own. */
const alterValue: Mutation = (dice, envelope, other) => {
  const parts = decode<Envelope>(envelope)
  if (dice.roll(3) === 0) {
    alter(dice, parts, decode(other))
  } else {
    const payload: unknown = decode(parts[1])
    for (let times = 1 + dice.roll(3); times > 0; times--) alter(dice, payload, decode(decode<Envelope>(other)[1]))
    parts[1] = encodeOr(payload, parts[1])
  }
  return encodeOr(parts, cut(dice, envelope, other))
}

const mixSignatures: Mutation = (dice, envelope, other) => {
  const [version, payload, signatures] = decode<Envelope>(envelope)
  const [, , foreign] = decode<Envelope>(other)
  return encodeOr([version, payload, dice.shuffle([...signatures, ...foreign, ...signatures]).slice(0, 1 + dice.roll(4))], envelope)
}

const MUTATIONS: readonly Mutation[] = [
  flipBits, flipBits, swapBytes, cut, extend, splice, garbage, garbageInside, otherHead, alterValue, alterValue, mixSignatures,
]

/** The next of endlessly many inputs that are made of good envelopes. */
export const mutated = (dice: Dice, envelopes: readonly Uint8Array[]): Uint8Array =>
  dice.pick(MUTATIONS)(dice, dice.pick(envelopes), dice.pick(envelopes))

const ATTACKER: KeyPair = keyPairFromSeed(new Uint8Array(32).fill(0x66))

/** Another payload that the attacker signed with a key of his own, as anybody can; `undefined` where it does not fit. */
export const forged = (dice: Dice, envelopes: readonly Uint8Array[]): { readonly payload: Uint8Array; readonly envelope: Uint8Array } | undefined => {
  const [, payload] = decode<Envelope>(dice.pick(envelopes))
  const value: unknown = decode(payload)
  alter(dice, value, decode(decode<Envelope>(dice.pick(envelopes))[1]))
  if (typeof value === 'object' && value !== null && 'feed' in value) Object.assign(value, { feed: Buffer.from(ATTACKER.publicKey, 'hex') })
  const changed = encodeOr(value, payload)
  return changed.length > LIMITS.opBytes - 200 ? undefined : { payload: changed, envelope: signPayload(changed, [ATTACKER]) }
}
