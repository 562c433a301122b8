import { type Clock, isGgenError, LIMITS, type PeerId } from '#core'
import type { BlobRequest, BlobSource } from './blob-source.ts'

/** So much is there over a connection at hand before another one is made. */
const SMALL_BYTES = 256 * 1024

/**
 * The quick source where it reaches a peer, the sure one elsewhere. When the quick one cannot be connected, lets nobody in or breaks in the
 * middle (something on the way may cut or change every connection), the same read goes on with the sure one where it is. Unless the answer
 * before was whole, the peer is then not tried the quick way for a while. Little is not worth making a connection for: it comes the sure way
 * while the quick one is made ready.
 */
export const fallbackSource = (quick: BlobSource, sure: BlobSource, clock: Clock): BlobSource => {
  const avoided = new Map<PeerId, number>()
  const isAvoided = (peer: PeerId): boolean => (avoided.get(peer) ?? 0) > clock.monotonic()
  /** Peers whose last answer was whole. */
  const proven = new Map<PeerId, true>()
  const avoid = (peer: PeerId): void => remember(avoided, peer, clock.monotonic() + LIMITS.bulkAvoidMs)
  const quickCarrier: BlobSource['carrier'] = (peer, range) => {
    const isWorthIt = range === undefined || range.length > SMALL_BYTES || quick.isReady?.(peer) !== false
    return isWorthIt && !isAvoided(peer) ? quick.carrier(peer, range) : undefined
  }

  const prepare = (peer: PeerId): void => {
    if (!isAvoided(peer)) quick.prepare?.(peer)
  }

  async function* read(request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { peer } = request
    if (quickCarrier(peer, request) !== undefined) {
      let gotBytes = 0
      try {
        for await (const chunk of quick.read(request, signal)) {
          gotBytes += chunk.length
          yield chunk
        }
        remember(proven, peer, true)
        return
      } catch (error) {
        const isShut = isGgenError(error, 'peer-unreachable') || isGgenError(error, 'denied')
        if (!isShut || signal.aborted) throw error
        const wasProven = proven.delete(peer)
        if (gotBytes === 0 || !wasProven) avoid(peer)
        request.moved?.(sure.carrier(peer, request) ?? 'stream')
        yield* sure.read({ ...request, offset: request.offset + gotBytes, length: request.length - gotBytes }, signal)
        return
      }
    }
    prepare(peer)
    yield* sure.read(request, signal)
  }

  const recycle = (chunk: Uint8Array): void => quick.recycle?.(chunk)
  return { carrier: (peer, range) => quickCarrier(peer, range) ?? sure.carrier(peer, range), read, prepare, recycle }
}

const remember = <T>(map: Map<PeerId, T>, peer: PeerId, value: T): void => {
  map.delete(peer)
  map.set(peer, value)
  const [oldest] = map.keys()
  if (map.size > LIMITS.bulkRoutes && oldest !== undefined) map.delete(oldest)
}
