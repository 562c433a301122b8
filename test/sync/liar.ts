import { type Digest, digestOf, LIMITS } from '#core'
import type { Protocol } from '#network'
import {
  decodeFeedQuestion, encodeFeedBatch, encodeSnapshotAnswer, encodeSyncAnswer, FINGERPRINT_BYTES, type FrameRange, FrameWriter, type SnapshotChunk,
  SnapshotChunkWriter,
} from '#wire'
import type { Dice } from '#testing'
import { FORGED, HASHES, VALID } from './sample-set.ts'

/** A peer that answers what it likes, and sometimes what is right. */
export class Liar {
  readonly #dice: Dice
  readonly #blobs = new Map<Digest, Uint8Array>()

  constructor(dice: Dice) {
    this.#dice = dice
  }

  answer(protocol: Protocol, question: Uint8Array): Uint8Array {
    if (this.#dice.roll(8) === 0) return this.#dice.bytes(this.#dice.roll(40))
    if (protocol === '/ggen/feed/1') return this.#ops(question)
    if (Buffer.from(question).includes('snapshot')) return this.#snapshot()
    return encodeSyncAnswer({ frame: this.#frame(), ops: this.#dice.pick([0, 5, 40, 2001, 1e9]) })
  }

  readBlob(digest: Digest): Uint8Array {
    const bytes = this.#blobs.get(digest) ?? new Uint8Array()
    return this.#dice.roll(4) === 0 ? this.#dice.bytes(bytes.length) : bytes
  }

  #frame(): Uint8Array {
    if (this.#dice.roll(8) === 0) return Uint8Array.of(this.#dice.pick([0x61, 0x61, 0x62]), ...this.#dice.bytes(this.#dice.roll(60)))
    const writer = new FrameWriter()
    let at = 0
    for (let ranges = this.#dice.roll(5); ranges > 0; ranges -= 1) {
      at += this.#dice.pick([0, 1, 3, 1_763_683_200])
      writer.add(this.#range(at))
    }
    writer.add(this.#range(Infinity))
    return writer.bytes()
  }

  #range(at: number): FrameRange {
    const to = { at, hash: new Uint8Array() }
    switch (this.#dice.roll(3)) {
      case 0:
        return { to, says: 'skip' }
      case 1:
        return { to, says: 'fingerprint', fingerprint: this.#dice.bytes(FINGERPRINT_BYTES) }
      default:
        return { to, says: 'hashes', hashes: Array.from({ length: this.#dice.roll(20) }, () => this.#hash()) }
    }
  }

  /** Of an op that there is, mostly; the same one more than once, too. */
  #hash(): Uint8Array {
    return this.#dice.roll(5) === 0 ? this.#dice.bytes(32) : this.#dice.pick(HASHES)
  }

  #ops(question: Uint8Array): Uint8Array {
    const asked = decodeFeedQuestion(question)
    if (asked.ask !== 'ops') return new Uint8Array()
    const places = asked.ids.map((id) => VALID.findIndex((op) => op.id === id)).filter((place) => place >= 0)
    const right = places.map((place) => VALID[place]?.bytes ?? new Uint8Array(1))
    const seen = asked.ids.length
    switch (this.#dice.roll(7)) {
      case 0:
        return encodeFeedBatch({ ops: [], seen: this.#dice.pick([0, 1, seen, LIMITS.feedIds]) })
      case 1:
        return encodeFeedBatch({ ops: [this.#envelope()], seen })
      case 2:
        return encodeFeedBatch({ ops: right.map((bytes, index) => (this.#dice.roll(3) === 0 ? FORGED[places[index] ?? 0] ?? bytes : bytes)), seen })
      case 3:
        return encodeFeedBatch({ ops: [...right, ...right], seen })
      case 4:
        return encodeFeedBatch({ ops: right.toReversed().slice(this.#dice.roll(3)), seen })
      default:
        return encodeFeedBatch({ ops: right, seen })
    }
  }

  #envelope(): Uint8Array {
    return this.#dice.roll(2) === 0 ? this.#dice.pick(FORGED) : this.#dice.bytes(1 + this.#dice.roll(200))
  }

  #snapshot(): Uint8Array {
    const state = this.#dice.roll(4)
    if (state < 2) return encodeSnapshotAnswer(state === 0 ? 'none' : 'later')
    const chunks = Array.from({ length: this.#dice.roll(3) }, () => this.#chunk())
    return encodeSnapshotAnswer({ ops: this.#dice.roll(1e6), chunks })
  }

  #chunk(): SnapshotChunk {
    const writer = new SnapshotChunkWriter()
    for (let left = 1 + this.#dice.roll(6); left > 0; left -= 1) writer.add(this.#dice.roll(6) === 0 ? this.#envelope() : this.#dice.pick(VALID).bytes)
    const bytes = this.#dice.roll(6) === 0 ? this.#dice.bytes(50) : writer.bytes()
    const digest = digestOf(bytes)
    this.#blobs.set(digest, bytes)
    return { digest, sizeBytes: bytes.length, ops: writer.ops }
  }
}
