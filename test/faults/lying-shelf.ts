import { randomInt } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import type { BlobShelf } from '#bulk'
import { type Digest, GgenError } from '#core'
import { Lane } from '../support/proxy-lane.ts'

/** How a holder does not do what it says. */
export type Lie =
  /** One bit of every answer is another. */
  | { readonly kind: 'wrong' }
  /** One byte of every answer is another, somewhere. */
  | { readonly kind: 'flip' }
  /** Half of what was asked for. */
  | { readonly kind: 'short' }
  /** More than was asked for, without end. */
  | { readonly kind: 'endless' }
  /** Says that it has everything, and has nothing. */
  | { readonly kind: 'absent' }
  /** Says that everything is a byte longer than it is. */
  | { readonly kind: 'size' }
  /** Sends nothing more after so many bytes of an answer, and stays connected. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** Fails after so many bytes of an answer: the connection is cut. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Sends single bytes. */
  | { readonly kind: 'crawl'; readonly everyMs: number }
  /** Tells the truth, at this rate for all who ask. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }

/** The shelf of a holder that lies about some blobs and is honest about the others. */
export const lyingShelf = (honest: BlobShelf, about: readonly Digest[], lie: Lie): BlobShelf => {
  const lane = new Lane(lie.kind === 'slow' ? lie.bytesPerSecond : undefined)
  return {
    look: async (digest) => {
      const held = await honest.look(digest)
      return about.includes(digest) && lie.kind === 'size' && held !== undefined ? { ...held, sizeBytes: held.sizeBytes + 1 } : held
    },
    read: (digest, range, signal) => {
      const truth = honest.read(digest, range, signal)
      return about.includes(digest) ? LIES[lie.kind](truth, { ...range, lie, lane, signal }) : truth
    },
  }
}

interface Told {
  readonly offset: number
  readonly length: number
  readonly lie: Lie
  /** All answers share it. */
  readonly lane: Lane
  readonly signal: AbortSignal
}

type Teller = (truth: AsyncIterable<Uint8Array>, told: Told) => AsyncIterable<Uint8Array>

const first = async function* (truth: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = length
  for await (const chunk of truth) {
    if (left === 0) return
    const part = chunk.subarray(0, left)
    yield part
    left -= part.length
  }
}

const forever = async (signal: AbortSignal): Promise<never> => {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  signal.throwIfAborted()
  return await promise
}

const PART_BYTES = 32 * 1024

const paced = async function* (truth: AsyncIterable<Uint8Array>, lane: Lane, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of truth) {
    for (let offset = 0; offset < chunk.length; offset += PART_BYTES) {
      const part = chunk.subarray(offset, offset + PART_BYTES)
      const early = lane.pass(part.length, performance.now()) - performance.now()
      if (early > 1) await after(early, undefined, { signal })
      yield part
    }
  }
}

const flipped = async function* (truth: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = randomInt(Math.max(1, length))
  for await (const chunk of truth) {
    const copy = Uint8Array.from(chunk)
    if (left >= 0 && left < copy.length) copy[left] = (copy[left] ?? 0) ^ randomInt(1, 256)
    left -= copy.length
    yield copy
  }
}

const LIES: Readonly<Record<Lie['kind'], Teller>> = {
  wrong: async function* (truth) {
    let isFirst = true
    for await (const chunk of truth) {
      const copy = Uint8Array.from(chunk)
      if (isFirst) copy[0] = (copy[0] ?? 0) ^ 1
      isFirst = false
      yield copy
    }
  },
  flip: (truth, { length }) => flipped(truth, length),
  short: (truth, { length }) => first(truth, Math.floor(length / 2)),
  endless: async function* (truth, { signal }) {
    yield* truth
    const more = new Uint8Array(64 * 1024)
    for (;;) {
      signal.throwIfAborted()
      yield more
    }
  },
  absent: async function* () {
    yield* []
    throw new GgenError('blob-not-found', 'not here after all')
  },
  size: (truth) => truth,
  stall: async function* (truth, { lie, signal }) {
    if (lie.kind === 'stall') yield* first(truth, lie.afterBytes)
    await forever(signal)
  },
  cut: async function* (truth, { lie }) {
    if (lie.kind === 'cut') yield* first(truth, lie.afterBytes)
    throw new Error('cut')
  },
  crawl: async function* (truth, { lie, signal }) {
    for await (const chunk of truth) {
      for (const byte of chunk) {
        yield Uint8Array.of(byte)
        if (lie.kind === 'crawl') await after(lie.everyMs, undefined, { signal })
      }
    }
  },
  slow: (truth, { lane, signal }) => paced(truth, lane, signal),
}
