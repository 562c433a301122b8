import { type Clock, isGgenError, LIMITS, type PeerId } from '#core'
import type { BlobRequest, BlobSource } from './blob-source.ts'

/**
 * The quick source where it reaches a peer, the sure one elsewhere. When the quick one fails before the first byte because it cannot be
 * connected or lets nobody in, the same read goes on with the sure one, and the peer is not tried the quick way for a while. Nor is it when
 * its answers break in the middle again and again: something on the way may cut or change every one of them.
 */
export const fallbackSource = (quick: BlobSource, sure: BlobSource, clock: Clock): BlobSource => {
  const avoided = new Map<PeerId, number>()
  const isAvoided = (peer: PeerId): boolean => (avoided.get(peer) ?? 0) > clock.monotonic()
  /** Peers whose last answer was whole. */
  const proven = new Map<PeerId, true>()
  const avoid = (peer: PeerId): void => remember(avoided, peer, clock.monotonic() + LIMITS.bulkAvoidMs)
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
        remember(proven, peer, true)
        return
      } catch (error) {
        const isShut = isGgenError(error, 'peer-unreachable') || isGgenError(error, 'denied')
        if (!isShut || signal.aborted) throw error
        const wasProven = proven.delete(peer)
        if (!began || !wasProven) avoid(peer)
        if (began) throw error
      }
    }
    yield* sure.read(request, signal)
  }

  return { carrier: (peer) => quickCarrier(peer) ?? sure.carrier(peer), read }
}

const remember = <T>(map: Map<PeerId, T>, peer: PeerId, value: T): void => {
  map.delete(peer)
  map.set(peer, value)
  const [oldest] = map.keys()
  if (map.size > LIMITS.bulkRoutes && oldest !== undefined) map.delete(oldest)
}
