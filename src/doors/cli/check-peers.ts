import { LIMITS, networkOf } from '#core'
import type { PeerReply } from '#doors/control'
import type { CheckRow } from './commands/check-row.ts'
import { count } from './quantities.ts'

const FIRST = 'ggen p2p start --bootstrap ADDRESS, or have another node started in the same local network'
const NEIGHBOURS = 'name nodes that others run, in other networks: ggen p2p start --bootstrap ADDRESS'

/** Whether there are peers, and of enough networks that no one of their owners decides what this node gets to see. `undefined`: no node runs. */
export const checkPeers = (peers: readonly PeerReply[] | undefined): readonly CheckRow[] => {
  if (peers === undefined) return [{ check: 'peers', state: 'unknown', finding: 'without a node there are no peers' }]
  if (peers.length === 0) return [{ check: 'peers', state: 'warn', finding: 'nobody is connected', advice: FIRST }]
  const networks = new Set(peers.flatMap(({ address }) => (address === undefined ? [] : (networkOf(address) ?? []))))
  const finding = `${count(peers.length, 'peer')} of ${networks.size === 0 ? 'unknown networks' : count(networks.size, 'network')}`
  if (networks.size >= LIMITS.freshnessNetworks) return [{ check: 'peers', state: 'ok', finding }]
  return [{ check: 'peers', state: 'warn', finding: `${finding}: whoever runs them decides what this node hears of`, advice: NEIGHBOURS }]
}
