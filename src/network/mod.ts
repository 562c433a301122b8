export { aloneNetwork, type AloneOptions } from './alone.ts'
export { FairUnion } from './fair-union.ts'
export { memoryAccessRecords } from './memory-access-records.ts'
export { AccessLists, peerAccess } from './access-lists.ts'
export { type MemoryHub, memoryHub, type MemoryHubOptions, type MemoryJoinOptions } from './memory-network.ts'
export {
  type Answerer, type BanInForce, type ConnectedPeer, type Judge, type Network, type NetworkStats, type PeerAccess, type PeerChange, type Protocol, PROTOCOLS,
  type Verdict,
} from './network.ts'
export { rendezvousKey, type RendezvousKind } from './rendezvous-key.ts'
export {
  decodeRendezvousEntries, decodeRendezvousQuestion, decodeRendezvousReceipt, encodeRendezvousEntries, encodeRendezvousQuestion, encodeRendezvousReceipt,
  RENDEZVOUS, type RendezvousEntry, type RendezvousQuestion,
} from './rendezvous-message.ts'
export { type RendezvousLook, type RendezvousPut, RendezvousStore } from './rendezvous-store.ts'
