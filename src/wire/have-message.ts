import { type Digest, digestBytes, digestFromBytes, LIMITS, pieceCount, PieceSet } from '#core'
import { asBytes, asList, asMap, asUint, decodeMessage, encodeMessage, frameInvalid, taken } from './fields.ts'

/** What a peer says it can give of one blob. A claim: the size too counts only when it is the one in the signed release. */
export interface HeldBlob {
  readonly sizeBytes: number
  /** The pieces that it has verified, not all of them; absent: the whole blob. */
  readonly pieces?: PieceSet
}

/** The question over `/ggen/have/1`. */
export interface HaveQuestion {
  /** At most `LIMITS.haveDigests`; none at all asks for the offer only. */
  readonly digests: readonly Digest[]
  /** So many of the first ones are wanted in the answer itself, as far as they are small and there is room. */
  readonly enclose: number
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
  /** Whole blobs by their place in the question: those that were wanted enclosed and are small, as far as there was room. Not checked by anybody yet. */
  readonly enclosed?: ReadonlyMap<number, Uint8Array>
  /** `undefined`: blobs come over `/ggen/blob/1` only. */
  readonly bulk: HaveOffer | undefined
}

const NONE = 0
const WHOLE = 1
const PART = 2
const ENCLOSED = 3
const SIZE_MAX = LIMITS.blobPieces * LIMITS.pieceBytes
const TICKET_BYTES_MAX = 64
const VALID_MS_MAX = 24 * 60 * 60 * 1000

/** Bytes of a question. */
export const encodeHaveQuestion = ({ digests, enclose }: HaveQuestion): Uint8Array => encodeMessage({ digests: digests.map(digestBytes), enclose })

/** Parses a question; throws `frame-invalid`. */
export const decodeHaveQuestion = (bytes: Uint8Array): HaveQuestion => {
  const fields = decodeMessage(bytes, ['digests', 'enclose'])
  const digests = asList(fields['digests'], LIMITS.haveDigests, (digest) => digestFromBytes(asBytes(digest, 32, 32)))
  return { digests, enclose: asUint(fields['enclose'], digests.length) }
}

/** Bytes of an answer. A part without a piece is spelled as nothing, one with all of them as the whole. */
export const encodeHaveAnswer = ({ held, enclosed, bulk }: HaveAnswer): Uint8Array => {
  const kinds = held.map((blob, index) => (enclosed?.has(index) === true ? ENCLOSED : kindOf(blob)))
  return encodeMessage({
    held: Uint8Array.from(kinds),
    sizes: held.flatMap((blob, index) => (kinds[index] === NONE || blob === undefined ? [] : [blob.sizeBytes])),
    parts: held.flatMap((blob, index) => (kinds[index] === PART && blob?.pieces !== undefined ? [blob.pieces.toBytes()] : [])),
    enclosed: held.flatMap((_, index) => enclosed?.get(index) ?? []),
    bulk: bulk === undefined ? null : { port: bulk.port, ticket: bulk.ticket, ms: bulk.validMs },
  })
}

const kindOf = (blob: HeldBlob | undefined): number => {
  if (blob === undefined || blob.pieces?.size === 0) return NONE
  return blob.pieces === undefined || blob.pieces.isFull ? WHOLE : PART
}

/** Parses the answer to a question for `count` blobs, `enclose` of which were wanted enclosed; throws `frame-invalid`. */
export const decodeHaveAnswer = (bytes: Uint8Array, count: number, enclose = 0): HaveAnswer => {
  const fields = decodeMessage(bytes, ['held', 'sizes', 'parts', 'enclosed', 'bulk'])
  const sizes = asList(fields['sizes'], LIMITS.haveDigests, (size) => asUint(size, SIZE_MAX)).values()
  const parts = asList(fields['parts'], LIMITS.haveDigests, (part) => asBytes(part, 1, LIMITS.blobPieces / 8)).values()
  const given = asList(fields['enclosed'], enclose, (blob) => asBytes(blob, 1, LIMITS.enclosedBlobBytes)).values()
  const kinds = asBytes(fields['held'], count, count)
  const held = Array.from(kinds, (kind) => asHeld(kind, sizes, parts))
  const enclosed = new Map<number, Uint8Array>()
  for (const [index, kind] of kinds.entries()) {
    if (kind === ENCLOSED) enclosed.set(index, asEnclosed(taken(given, 'an enclosure'), held[index], index < enclose))
  }
  for (const list of [sizes, parts, given]) if (list.next().done !== true) throw frameInvalid('more sizes, parts or enclosures than blobs')
  return { held, enclosed, bulk: fields['bulk'] === null ? undefined : asOffer(fields['bulk']) }
}

const asHeld = (kind: number, sizes: Iterator<number>, parts: Iterator<Uint8Array>): HeldBlob | undefined => {
  if (kind === NONE) return undefined
  if (kind > ENCLOSED) throw frameInvalid('held is 0, 1, 2 or 3')
  const sizeBytes = taken(sizes, 'a size')
  if (kind !== PART) return { sizeBytes }
  const pieces = PieceSet.fromBytes(taken(parts, 'a part'), pieceCount(sizeBytes))
  if (pieces.size === 0 || pieces.isFull) throw frameInvalid('a part that is nothing or everything')
  return { sizeBytes, pieces }
}

const asEnclosed = (bytes: Uint8Array, held: HeldBlob | undefined, isWanted: boolean): Uint8Array => {
  if (!isWanted || bytes.length !== held?.sizeBytes) throw frameInvalid('an enclosure that nobody asked for, or of another size')
  return bytes
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
