export { type MemoryHub, memoryHub, type MemoryHubOptions, type MemoryJoinOptions } from './memory-network.ts'
export {
  type Answerer, type ConnectedPeer, type Judge, type Network, type NetworkStats, type PeerChange, type Protocol, PROTOCOLS, type Verdict,
} from './network.ts'
