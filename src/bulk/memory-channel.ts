import { type Clock, type Digest, GgenError, isGgenError, LIMITS, type PeerId } from '#core'
import { covers } from './answer-blobs.ts'
import type { BlobRequest, BlobShelf, BulkChannel, BulkOffer } from './blob-source.ts'

/** What a peer does to the bytes it gives, for tests: changes, delays, cuts or withholds them. */
export type Mischief = (chunks: AsyncIterable<Uint8Array>, request: BlobRequest, signal: AbortSignal) => AsyncIterable<Uint8Array>

/** Channels of one process that reach each other without a wire. */
export interface MemoryChannels {
  /** A peer that gives what its shelf holds to whoever it made an offer to. */
  join(peer: PeerId, shelf: BlobShelf, mischief?: Mischief): BulkChannel
}

/** A new set of channels; nobody outside it is reached. */
export const memoryChannels = (clock: Clock): MemoryChannels => {
  const channels = new Map<PeerId, MemoryChannel>()
  return {
    join: (peer, shelf, mischief = (chunks) => chunks) => {
      const channel = new MemoryChannel({ self: peer, shelf, mischief, clock, channels })
      channels.set(peer, channel)
      return channel
    },
  }
}

interface MemoryParts {
  readonly self: PeerId
  readonly shelf: BlobShelf
  readonly mischief: Mischief
  readonly clock: Clock
  readonly channels: Map<PeerId, MemoryChannel>
}

class MemoryChannel implements BulkChannel {
  readonly #parts: MemoryParts
  readonly #routes = new Map<PeerId, { readonly ticket: Uint8Array; readonly untilMs: number }>()
  readonly #stop = new AbortController()

  constructor(parts: MemoryParts) {
    this.#parts = parts
  }

  carrier(peer: PeerId): 'memory' | undefined {
    return (this.#routes.get(peer)?.untilMs ?? 0) > this.#parts.clock.monotonic() ? 'memory' : undefined
  }

  isReady(peer: PeerId): boolean {
    return this.carrier(peer) !== undefined
  }

  offer(to: PeerId): BulkOffer | undefined {
    return { port: 1, ticket: Buffer.from(to), validMs: LIMITS.bulkTicketMs }
  }

  learn(from: PeerId, _host: string, { ticket, validMs }: BulkOffer): void {
    this.#routes.set(from, { ticket, untilMs: this.#parts.clock.monotonic() + validMs })
  }

  async *read(request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { self, channels } = this.#parts
    const route = this.#routes.get(request.peer)
    const other = channels.get(request.peer)
    if (route === undefined || other === undefined || this.carrier(request.peer) === undefined) throw unreachable(request.peer)
    const ended = AbortSignal.any([signal, this.#stop.signal, other.#stop.signal])
    let left = request.length
    for await (const chunk of abortable(other.#give(request, { asker: self, ticket: route.ticket, signal: ended }), ended)) {
      left -= chunk.length
      if (left < 0) throw new GgenError('frame-invalid', 'the answer is longer than was asked for')
      yield Uint8Array.from(chunk)
    }
    if (left > 0) throw new GgenError('frame-invalid', 'the answer is shorter than was asked for')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { self, channels } = this.#parts
    if (channels.get(self) === this) channels.delete(self)
    this.#stop.abort(unreachable(self))
  }

  async *#give(request: BlobRequest, visit: Visit): AsyncGenerator<Uint8Array> {
    const { shelf, mischief } = this.#parts
    const { digest, offset, length, sizeBytes } = request
    if (Buffer.compare(visit.ticket, Buffer.from(visit.asker)) !== 0) throw new GgenError('denied', 'no ticket of this peer')
    const held = await shelf.look(digest)
    if (held === undefined) throw notHeld(digest)
    if (held.sizeBytes !== sizeBytes) throw new GgenError('frame-invalid', `it has ${held.sizeBytes} bytes, not ${sizeBytes}`)
    if (!covers(held, offset, length)) throw notHeld(digest)
    try {
      yield* mischief(shelf.read(digest, { offset, length }, visit.signal), request, visit.signal)
    } catch (error) {
      // On a wire, what breaks over there is seen here as a connection that ends.
      throw visit.signal.aborted || isGgenError(error) ? error : unreachable(request.peer)
    }
  }
}

interface Visit {
  readonly asker: PeerId
  readonly ticket: Uint8Array
  readonly signal: AbortSignal
}

const unreachable = (peer: PeerId): GgenError => new GgenError('peer-unreachable', `${peer} cannot be reached`)
const notHeld = (digest: Digest): GgenError => new GgenError('blob-not-found', `${digest.slice(0, 19)}… is not held there`)

/** Ends at once when the signal aborts, also while the other side gives nothing. */
async function* abortable(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  // Whoever waits in the race below sees it; when nobody waits, it does not matter.
  aborted.catch(() => undefined)
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    void iterator.return?.()
  }
}
