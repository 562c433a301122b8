import type { Digest, GgenEvent, IdentityId, MissedNews, Multiaddr, OpSource, PackageName, PeerId, StatusState, Version } from '#core'

/** What happens in a node, for programs. */
export type P2PEvent =
  | { readonly type: 'PeerConnected'; readonly peer: PeerId; readonly address?: Multiaddr }
  | { readonly type: 'PeerDisconnected'; readonly peer: PeerId }
  /** A release became known here: published here, told by gossip, brought by comparing catalogues, or as the answer to a search. */
  | { readonly type: 'PackageAnnounced'; readonly name: PackageName; readonly version: Version; readonly identity: IdentityId; readonly source: OpSource }
  /** A signed record was told by gossip, checked, and taken in. */
  | {
      readonly type: 'GossipReceived'; readonly name: PackageName; readonly version: Version | '*'; readonly identity: IdentityId
      readonly record: 'release' | 'status'; readonly state?: StatusState
    }
  /** A search for holders that this registry was asked for is over. */
  | { readonly type: 'DHTQueryComplete'; readonly digest: Digest; readonly providers: number; readonly durationMs: number }
  /** Peers near the digest were told that this node holds it. */
  | { readonly type: 'DHTStoreComplete'; readonly digest: Digest; readonly durationMs: number }

/** An event, or how many were left out for a reader that was too slow. */
export type P2PEventOrGap = P2PEvent | MissedNews

/** What an event of the node means to programs; none where it means nothing to them. */
export const p2pEventsOf = (event: GgenEvent): readonly P2PEvent[] => {
  switch (event.type) {
    case 'peer-connected':
      return [{ type: 'PeerConnected', peer: event.peer, ...(event.address !== undefined && { address: event.address }) }]
    case 'peer-disconnected':
      return [{ type: 'PeerDisconnected', peer: event.peer }]
    case 'release-added': {
      const { name, version, identity, source } = event
      const told: readonly P2PEvent[] = source === 'gossip' ? [{ type: 'GossipReceived', name, version, identity, record: 'release' }] : []
      return [...told, { type: 'PackageAnnounced', name, version, identity, source }]
    }
    case 'status-changed': {
      const { name, version, identity, state, source } = event
      return source === 'gossip' ? [{ type: 'GossipReceived', name, version, identity, record: 'status', state }] : []
    }
    default:
      return []
  }
}
