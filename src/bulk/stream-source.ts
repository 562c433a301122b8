import { type Clock, FINISHED, GgenError, isGgenError, LIMITS, type PeerId } from '#core'
import type { Network } from '#network'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import { AskWindow } from './ask-window.ts'
import type { BlobRequest, BlobSource } from './blob-source.ts'

export interface StreamParts {
  readonly network: Network
  readonly clock: Clock
}

/** Bytes over `/ggen/blob/1`, inside libp2p: slower than TLS beside it, and there wherever a peer can be asked at all. */
export const streamSource = (parts: StreamParts): BlobSource => {
  const windows = new Map<PeerId, AskWindow>()
  return {
    carrier: () => 'stream',
    read: (request, signal) => readRanges({ ...parts, window: windowOf(windows, request.peer) }, request, signal),
  }
}

/** How quick a peer was is remembered, for so many. */
const windowOf = (windows: Map<PeerId, AskWindow>, peer: PeerId): AskWindow => {
  const window = windows.get(peer) ?? new AskWindow()
  windows.delete(peer)
  windows.set(peer, window)
  const [oldest] = windows.keys()
  if (windows.size > LIMITS.bulkRoutes && oldest !== undefined) windows.delete(oldest)
  return window
}

interface AskParts extends StreamParts {
  readonly window: AskWindow
}

interface Asked {
  readonly length: number
  readonly bytes: Promise<Uint8Array>
}

/** A new range is asked for only when one was taken, so a slow reader slows the sender. */
async function* readRanges(parts: AskParts, request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { window } = parts
  const stop = new AbortController()
  const asked = AbortSignal.any([signal, stop.signal])
  const under: Asked[] = []
  const end = request.offset + request.length
  let next = request.offset
  let underBytes = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      while (next < end && (under.length === 0 || underBytes + window.rangeBytes <= window.bytes)) {
        const length = Math.min(window.rangeBytes, end - next)
        const bytes = readRange(parts, { ...request, offset: next, length }, asked)
        // An early failure of a later range is reported when its turn comes.
        bytes.catch(() => undefined)
        under.push({ length, bytes })
        underBytes += length
        next += length
      }
      const first = under.shift()
      if (first === undefined) return
      const bytes = await first.bytes
      underBytes -= first.length
      yield bytes
    }
  } finally {
    stop.abort(FINISHED)
  }
}

const readRange = async ({ network, clock, window }: AskParts, request: BlobRequest, signal: AbortSignal): Promise<Uint8Array> => {
  const { peer, digest, sizeBytes, offset, length } = request
  const askedAt = clock.monotonic()
  const deadline = AbortSignal.any([signal, clock.timeout(LIMITS.stallTimeoutMs)])
  const answer = decodeBlobAnswer(await asked(network.ask(peer, '/ggen/blob/1', encodeBlobQuestion({ digest, offset, length }), deadline), signal))
  if (answer === undefined) throw new GgenError('blob-not-found', `${peer} does not hold it`)
  if (answer.sizeBytes !== sizeBytes || answer.bytes.length !== length) throw new GgenError('frame-invalid', `${peer} gave a range of another size`)
  window.answered(clock.monotonic() - askedAt)
  return answer.bytes
}

/** The reason of the caller's signal as it is, not as the network words it. */
const asked = async (answer: Promise<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> => {
  try {
    return await answer
  } catch (error) {
    if (isGgenError(error, 'cancelled')) signal.throwIfAborted()
    throw error
  }
}
