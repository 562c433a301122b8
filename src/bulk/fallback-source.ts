import { type Clock, isGgenError, LIMITS, type PeerId } from '#core'
import type { BlobRequest, BlobSource } from './blob-source.ts'

/**
 * The quick source where it reaches a peer, the sure one elsewhere. When the quick one fails before the first byte because it cannot be
 * connected or lets nobody in, the same read goes on with the sure one, and the peer is not tried the quick way for a while.
 */
export const fallbackSource = (quick: BlobSource, sure: BlobSource, clock: Clock): BlobSource => {
  const avoided = new Map<PeerId, number>()
  const isAvoided = (peer: PeerId): boolean => (avoided.get(peer) ?? 0) > clock.monotonic()
  const avoid = (peer: PeerId): void => {
    avoided.delete(peer)
    avoided.set(peer, clock.monotonic() + LIMITS.bulkAvoidMs)
    const [oldest] = avoided.keys()
    if (avoided.size > LIMITS.bulkRoutes && oldest !== undefined) avoided.delete(oldest)
  }
  const quickCarrier: BlobSource['carrier'] = (peer) => (isAvoided(peer) ? undefined : quick.carrier(peer))

  async function* read(request: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { peer } = request
    if (quickCarrier(peer) !== undefined) {
      let began = false
      try {
        for await (const chunk of quick.read(request, signal)) {
          began = true
          yield chunk
        }
        return
      } catch (error) {
        const isShut = isGgenError(error, 'peer-unreachable') || isGgenError(error, 'denied')
        if (began || !isShut || signal.aborted) throw error
        avoid(peer)
      }
    }
    yield* sure.read(request, signal)
  }

  return { carrier: (peer) => quickCarrier(peer) ?? sure.carrier(peer), read }
}
