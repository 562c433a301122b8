import { LIMITS, type PeerId, type Urgency } from '#core'
import type { Bandwidth, Lane } from './bandwidth.ts'

/** What somebody who sends to one peer asks before each chunk. */
export interface UploadPace {
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined
}

/** Peers share the way up: one that asks over several connections gets no more than the others. */
export const uploadPace = (bandwidth: Bandwidth): ((peer: PeerId) => UploadPace) => {
  const lanes = new Map<PeerId, Lane>()
  return (peer) => {
    const lane = lanes.get(peer) ?? bandwidth.lane('up', 'interactive')
    lanes.delete(peer)
    lanes.set(peer, lane)
    const [stalest] = lanes.keys()
    if (lanes.size > LIMITS.pacedPeers && stalest !== undefined) lanes.delete(stalest)
    return { take: (bytes, signal) => lane.take(peer, bytes, signal) }
  }
}

/** What one download, whoever it reads from, asks after each chunk and before it reads on. */
export const downloadPace = (bandwidth: Bandwidth, urgency: Urgency): Lane['take'] => bandwidth.lane('down', urgency).take

/** The same bytes in chunks of at most what `maxBytes` says at the moment: large ones would make a slow connection stutter, or seem dead. */
export const inSlices = async function* (chunks: AsyncIterable<Uint8Array>, maxBytes: () => number): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    let offset = 0
    while (offset < chunk.length) {
      const end = Math.min(chunk.length, offset + maxBytes())
      yield chunk.subarray(offset, end)
      offset = end
    }
  }
}
