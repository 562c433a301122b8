import type { Op } from '#core'
import type { Network } from '#network'

/** Hands envelopes to the network, parents first. Gossip is a hint: whoever misses it gets it by sync. Resolves to how many peers took the last one. */
export const announceOps = async (network: Network, ops: readonly Pick<Op, 'bytes'>[]): Promise<number> => {
  let peers = 0
  for (const { bytes } of ops) peers = await network.announce(bytes)
  return peers
}
