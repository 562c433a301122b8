import type { Node } from './node.ts'

/** What the library keeps for itself, as far as timers of it outlive a node (libp2p 3.3, gossipsub 17.1). */
interface Inside {
  readonly components: { readonly addressManager: { readonly _updatePeerStoreAddresses: { readonly stop: () => void } } }
  readonly services: { readonly pubsub: { readonly status: { readonly heartbeatTimeout?: NodeJS.Timeout } } }
}

/**
 * Stops a libp2p node, and two timers of a second that it leaves running: the next heartbeat of gossip, and what is told of addresses when a listener has
 * closed. Every program would end so much later.
 */
export const stopNode = async (node: Node): Promise<void> => {
  const { components, services } = node as unknown as Inside
  clearTimeout(services.pubsub.status.heartbeatTimeout)
  await node.stop()
  components.addressManager._updatePeerStoreAddresses.stop()
}
