import { type Clock, GgenError, isGgenError, LIMITS } from '#core'
import type { Network } from '#network'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import type { BlobRequest, BlobSource } from './blob-source.ts'

export interface StreamParts {
  readonly network: Network
  readonly clock: Clock
}

/** Ranges under way at once: hides the round trip, bounds the memory. */
const AHEAD = 4

/** Bytes over `/ggen/blob/1`, inside libp2p: slower than TLS beside it, and there wherever a peer can be asked at all. */
export const streamSource = (parts: StreamParts): BlobSource => ({
  carrier: () => 'stream',
  read: (request, signal) => readRanges(parts, request, signal),
})

/** A new range is asked for only when one was taken, so a slow reader slows the sender. */
async function* readRanges(parts: StreamParts, request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = new AbortController()
  const asked = AbortSignal.any([signal, stop.signal])
  const under: Promise<Uint8Array>[] = []
  const end = request.offset + request.length
  let next = request.offset
  try {
    for (;;) {
      signal.throwIfAborted()
      while (under.length < AHEAD && next < end) {
        const range = readRange(parts, { ...request, offset: next, length: Math.min(LIMITS.blobRangeBytes, end - next) }, asked)
        // An early failure of a later range is reported when its turn comes.
        range.catch(() => undefined)
        under.push(range)
        next += LIMITS.blobRangeBytes
      }
      const first = under.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    stop.abort()
  }
}

const readRange = async ({ network, clock }: StreamParts, request: BlobRequest, signal: AbortSignal): Promise<Uint8Array> => {
  const { peer, digest, sizeBytes, offset, length } = request
  const deadline = AbortSignal.any([signal, clock.timeout(LIMITS.stallTimeoutMs)])
  const answer = decodeBlobAnswer(await asked(network.ask(peer, '/ggen/blob/1', encodeBlobQuestion({ digest, offset, length }), deadline), signal))
  if (answer === undefined) throw new GgenError('blob-not-found', `${peer} does not hold it`)
  if (answer.sizeBytes !== sizeBytes || answer.bytes.length !== length) throw new GgenError('frame-invalid', `${peer} gave a range of another size`)
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
