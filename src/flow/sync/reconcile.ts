import { createHash } from 'node:crypto'
import { GgenError, LIMITS } from '#core'
import { FIRST_BOUND, LAST_BOUND, boundBetween, compareBounds, type OpBound, type OpRange, type OpSet, type SetSummary, WHOLE_SET } from '#store'
import { decodeFrame, encodeVarint, FINGERPRINT_BYTES, FrameWriter, HASH_BYTES, ownVersion } from '#wire'

/** What the initiator of a session learned from one frame. */
export interface Progress {
  /** What to ask next; absent when nothing is left to compare. */
  readonly next?: Uint8Array
  /** Hashes of ops that the other side has in ranges that differ, in the order of the set; some of them may be held here as well. */
  readonly theirs: readonly Uint8Array[]
  /** One op of ours that the other side turned out to lack. */
  readonly lacked?: OpBound
}

/** An answer, and whether the frame that it answers lists an op that is not here. */
export interface Answer {
  readonly frame: Uint8Array
  readonly lacks: boolean
}

/** Ranges with fewer ops are listed instead of being fingerprinted. */
const LIST_BELOW = 32
/** As many ranges as a differing one is cut into. */
const PARTS = 16
/** Above this a frame could not take in what one more range may need: a list, or twice as many parts, and one range for the rest. */
const ROOM_BYTES = 2048

/** The first frame of a session. */
export const openSession = (set: OpSet): Uint8Array => {
  const frame = new Reply(set, LIMITS.syncFrameBytes)
  frame.detail(WHOLE_SET, set.measure(WHOLE_SET))
  return frame.bytes()
}

/**
 * The answer to a frame, out of the set alone: the answerer remembers nothing between frames. Throws `frame-invalid`. What does not fit into a
 * frame, or would cost too much at once, is left to the next one as a single range.
 */
export const answerFrame = (set: OpSet, asked: Uint8Array): Answer => {
  const ranges = decodeFrame(asked)
  if (ranges === undefined) return { frame: ownVersion(), lacks: false }
  const reply = new Reply(set, LIMITS.syncAnswerBytes)
  let from = FIRST_BOUND
  let lacks = false
  for (const { to, ...said } of ranges) {
    const range = { from, to }
    if (reply.isFull) return { frame: reply.rest(from), lacks }
    if (said.says === 'skip') reply.skip(to)
    else if (said.says === 'fingerprint') reply.compare(range, said.fingerprint)
    else {
      const listed = reply.list(range)
      if (compareBounds(listed.to, to) < 0) return { frame: reply.rest(listed.to), lacks }
      lacks ||= said.hashes.some(absentFrom(listed.hashes))
    }
    from = to
  }
  return { frame: reply.bytes(), lacks }
}

/**
 * A frame that lists an op and nothing else: for an answerer that lacks it, and would not hear of it otherwise until it asks. What it answers
 * is of no interest.
 */
export const tellOf = (set: OpSet, op: OpBound): Uint8Array => {
  const [, after] = set.placesIn({ from: op, to: LAST_BOUND }, 2)
  const frame = new FrameWriter()
  frame.add({ to: op, says: 'skip' })
  frame.add({ to: after === undefined ? LAST_BOUND : boundBetween(op, after), says: 'hashes', hashes: [op.hash] })
  return frame.bytes()
}

/** What an answer says, and how the session goes on. Throws `frame-invalid`. */
export const readAnswer = (set: OpSet, answer: Uint8Array): Progress => {
  const ranges = decodeFrame(answer)
  if (ranges === undefined) throw new GgenError('frame-invalid', 'the peer compares catalogues in another version')
  const reply = new Reply(set, LIMITS.syncFrameBytes)
  const theirs: Uint8Array[] = []
  let from = FIRST_BOUND
  let lacked: OpBound | undefined
  let looked = 0
  for (const { to, ...said } of ranges) {
    if (reply.isFull) return { theirs, next: reply.rest(from), ...(lacked && { lacked }) }
    if (said.says === 'hashes') {
      theirs.push(...said.hashes)
      // However many ranges a peer lists: what it lacks in those that are left, it asks for itself.
      if (lacked === undefined && looked < LIMITS.syncFrameWork) {
        looked += LIST_BELOW + said.hashes.length
        const isAbsent = absentFrom(said.hashes)
        lacked = set.placesIn({ from, to }, said.hashes.length + 1).find(({ hash }) => isAbsent(hash))
      }
    }
    if (said.says === 'fingerprint') reply.compare({ from, to }, said.fingerprint)
    else reply.skip(to)
    from = to
  }
  return { theirs, ...(lacked && { lacked }), ...(reply.saysSomething && { next: reply.bytes() }) }
}

const absentFrom = (held: readonly Uint8Array[]): ((hash: Uint8Array) => boolean) => {
  const texts = new Set(held.map(textOf))
  return (hash) => !texts.has(textOf(hash))
}

const textOf = (hash: Uint8Array): string => Buffer.from(hash).toString('latin1')

/** A frame that is being written, within its limits of bytes and work. */
class Reply {
  readonly #set: OpSet
  readonly #maxBytes: number
  readonly #frame = new FrameWriter()
  #work = 0

  constructor(set: OpSet, maxBytes: number) {
    this.#set = set
    this.#maxBytes = maxBytes
  }

  get isFull(): boolean {
    return this.#frame.size > this.#maxBytes - 2 * ROOM_BYTES || this.#work > LIMITS.syncFrameWork
  }

  get saysSomething(): boolean {
    return this.#frame.saysSomething
  }

  skip(to: OpBound): void {
    this.#frame.add({ to, says: 'skip' })
  }

  compare(range: OpRange, fingerprint: Uint8Array): void {
    this.#work += 2 * LIST_BELOW
    const own = this.#set.measure(range)
    if (Buffer.compare(fingerprintOf(own), fingerprint) === 0) this.skip(range.to)
    else this.detail(range, own)
  }

  /** Lists a short range, or fingerprints its parts. */
  detail(range: OpRange, { count }: SetSummary): void {
    if (count < LIST_BELOW) {
      this.list(range)
      return
    }
    const stretches = this.#set.divide(range, PARTS)
    this.#work += PARTS * LIST_BELOW
    for (const [place, stretch] of stretches.entries()) {
      this.#frame.add({ to: stretches[place + 1]?.from ?? range.to, says: 'fingerprint', fingerprint: fingerprintOf(stretch) })
    }
  }

  /** Lists a range as far as there is room; returns where the list ends, and what is in it. */
  list(range: OpRange): { readonly to: OpBound; readonly hashes: readonly Uint8Array[] } {
    const room = Math.max(LIST_BELOW, Math.floor((this.#maxBytes - ROOM_BYTES - this.#frame.size) / HASH_BYTES))
    const places = this.#set.placesIn(range, room + 1)
    this.#work += LIST_BELOW + places.length
    const [last, beyond] = [places[room - 1], places[room]]
    const to = last === undefined || beyond === undefined ? range.to : boundBetween(last, beyond)
    const hashes = places.slice(0, room).map(({ hash }) => hash)
    this.#frame.add({ to, says: 'hashes', hashes })
    return { to, hashes }
  }

  /** One fingerprint for all that comes after a place, and the end of the frame. */
  rest(from: OpBound): Uint8Array {
    this.#frame.add({ to: LAST_BOUND, says: 'fingerprint', fingerprint: fingerprintOf(this.#set.measure({ from, to: LAST_BOUND })) })
    return this.bytes()
  }

  bytes(): Uint8Array {
    return this.#frame.bytes()
  }
}

/** The first 16 bytes of the SHA-256 of the sum and the count. */
const fingerprintOf = ({ sum, count }: SetSummary): Uint8Array =>
  createHash('sha256').update(sum).update(encodeVarint(count)).digest().subarray(0, FINGERPRINT_BYTES)
