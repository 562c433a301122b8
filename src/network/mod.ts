export type { Answerer, ConnectedPeer, Judge, Network, NetworkStats, PeerChange, Protocol, Verdict } from './network.ts'
