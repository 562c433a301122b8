import { LIMITS, type Giver, type Urgency } from '#core'
import type { Bandwidth, Lane } from './bandwidth.ts'

/** What is asked before bytes are sent, or after they came and before more are read: `Lane.take`. */
export type Pace = Lane['take']

/** The pace of everything that is sent. Peers share it: one that asks over several connections gets no more than the others. */
export const uploadPace = (bandwidth: Bandwidth): Pace => {
  const lanes = new Map<Giver, Lane>()
  return (peer, bytes, signal) => {
    const lane = lanes.get(peer) ?? bandwidth.lane('up', 'interactive')
    lanes.delete(peer)
    lanes.set(peer, lane)
    const [stalest] = lanes.keys()
    if (lanes.size > LIMITS.pacedPeers && stalest !== undefined) lanes.delete(stalest)
    return lane.take(peer, bytes, signal)
  }
}

/** The pace of one download, whoever it reads from: downloads share the way down. */
export const downloadPace = (bandwidth: Bandwidth, urgency: Urgency): Pace => bandwidth.lane('down', urgency).take
