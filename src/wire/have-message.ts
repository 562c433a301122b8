import { type Digest, digestBytes, digestFromBytes, LIMITS, pieceCount, PieceSet } from '#core'
import { asBytes, asList, asMap, asUint, decodeMessage, encodeMessage, frameInvalid } from './fields.ts'

/** What a peer says it can give of one blob. A claim: the size too counts only when it is the one in the signed release. */
export interface HeldBlob {
  readonly sizeBytes: number
  /** The pieces that it has verified, not all of them; absent: the whole blob. */
  readonly pieces?: PieceSet
}

/** How the asker reaches the bulk channel of the one who answers, on the host that its connection already leads to. */
export interface HaveOffer {
  /** TCP, 1 … 65535. */
  readonly port: number
  /** 1 to 64 bytes, opaque to the asker. */
  readonly ticket: Uint8Array
  /** How long the ticket is good, counted from the answer; 1 ms … 1 day. */
  readonly validMs: number
}

/** The answer over `/ggen/have/1`; bytes in docs/protocol/blob.md. */
export interface HaveAnswer {
  /** One a digest of the question, in its order; `undefined`: nothing of it is held. */
  readonly held: readonly (HeldBlob | undefined)[]
  /** `undefined`: blobs come over `/ggen/blob/1` only. */
  readonly bulk: HaveOffer | undefined
}

const NONE = 0
const WHOLE = 1
const PART = 2
const SIZE_MAX = LIMITS.blobPieces * LIMITS.pieceBytes
const TICKET_BYTES_MAX = 64
const VALID_MS_MAX = 24 * 60 * 60 * 1000

/** Bytes of a question: at most `LIMITS.haveDigests` digests; none at all asks for the offer only. */
export const encodeHaveQuestion = (digests: readonly Digest[]): Uint8Array => encodeMessage({ digests: digests.map(digestBytes) })

/** Parses a question; throws `frame-invalid`. */
export const decodeHaveQuestion = (bytes: Uint8Array): readonly Digest[] =>
  asList(decodeMessage(bytes, ['digests'])['digests'], LIMITS.haveDigests, (digest) => digestFromBytes(asBytes(digest, 32, 32)))

/** Bytes of an answer. A part without a piece is spelled as nothing, one with all of them as the whole. */
export const encodeHaveAnswer = ({ held, bulk }: HaveAnswer): Uint8Array => {
  const kinds = held.map(kindOf)
  return encodeMessage({
    held: Uint8Array.from(kinds),
    sizes: held.flatMap((blob, index) => (kinds[index] === NONE || blob === undefined ? [] : [blob.sizeBytes])),
    parts: held.flatMap((blob, index) => (kinds[index] === PART && blob?.pieces !== undefined ? [blob.pieces.toBytes()] : [])),
    bulk: bulk === undefined ? null : { port: bulk.port, ticket: bulk.ticket, ms: bulk.validMs },
  })
}

const kindOf = (blob: HeldBlob | undefined): number => {
  if (blob === undefined || blob.pieces?.size === 0) return NONE
  return blob.pieces === undefined || blob.pieces.isFull ? WHOLE : PART
}

/** Parses the answer to a question of `count` digests; throws `frame-invalid`. */
export const decodeHaveAnswer = (bytes: Uint8Array, count: number): HaveAnswer => {
  const fields = decodeMessage(bytes, ['held', 'sizes', 'parts', 'bulk'])
  const sizes = asList(fields['sizes'], LIMITS.haveDigests, (size) => asUint(size, SIZE_MAX)).values()
  const parts = asList(fields['parts'], LIMITS.haveDigests, (part) => asBytes(part, 1, LIMITS.blobPieces / 8)).values()
  const held = Array.from(asBytes(fields['held'], count, count), (kind) => asHeld(kind, sizes, parts))
  if (sizes.next().done !== true || parts.next().done !== true) throw frameInvalid('more sizes or parts than blobs')
  return { held, bulk: fields['bulk'] === null ? undefined : asOffer(fields['bulk']) }
}

const asHeld = (kind: number, sizes: Iterator<number>, parts: Iterator<Uint8Array>): HeldBlob | undefined => {
  if (kind === NONE) return undefined
  if (kind > PART) throw frameInvalid('held is 0, 1 or 2')
  const sizeBytes = taken(sizes, 'a size')
  if (kind === WHOLE) return { sizeBytes }
  const pieces = PieceSet.fromBytes(taken(parts, 'a part'), pieceCount(sizeBytes))
  if (pieces.size === 0 || pieces.isFull) throw frameInvalid('a part that is nothing or everything')
  return { sizeBytes, pieces }
}

const taken = <T>(items: Iterator<T>, what: string): T => {
  const next = items.next()
  if (next.done === true) throw frameInvalid(`${what} is missing`)
  return next.value
}

const asOffer = (value: unknown): HaveOffer => {
  const fields = asMap(value, ['port', 'ticket', 'ms'])
  return { port: positive(fields['port'], 65_535), ticket: asBytes(fields['ticket'], 1, TICKET_BYTES_MAX), validMs: positive(fields['ms'], VALID_MS_MAX) }
}

const positive = (value: unknown, max: number): number => {
  const number = asUint(value, max)
  if (number === 0) throw frameInvalid('zero is no such number')
  return number
}
