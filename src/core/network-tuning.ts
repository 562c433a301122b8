import { LIMITS } from './limits.ts'

const second = 1000
const minute = 60 * second

/** What an operator may choose of how a node takes part in its network; whoever reads it from a user has checked the bounds. */
export interface NetworkTuning {
  /** Connections, both ways together; others may open three fifths of them. */
  readonly maxConnections: number
  /** Where fewer peers are connected, the addresses that the user named are tried more often. */
  readonly minPeers: number
  /** The longest pause between two tries of an address that the user named. */
  readonly retryIntervalMs: number
  /** For one connection to be opened. */
  readonly connectionTimeoutMs: number
  /** A connection is tried this often, and closed when nobody answers. */
  readonly idleTimeoutMs: number
  /** For one question to a peer and its answer. */
  readonly requestTimeoutMs: number
  /** Whether others find peers, and who holds what, through this node. */
  readonly isDhtServer: boolean
  /** Peers near a key that are told who holds a blob, and asked for it. */
  readonly replicationFactor: number
  /** For one walk through the DHT. */
  readonly queryTimeoutMs: number
  /** Who holds what, kept for others: so many entries, and so long each. */
  readonly providerRecords: number
  readonly providerRecordTtlMs: number
  /** Peers that what is gossiped is sent on to: as many as wanted, at least, at most. */
  readonly meshSize: number
  readonly meshLow: number
  readonly meshHigh: number
  readonly heartbeatMs: number
  /** Heartbeats for which messages are kept for those who ask, and for which they are told of. */
  readonly historyLength: number
  readonly historyGossip: number
  /** Provable misbehaviour, after which a peer is banned for a while. */
  readonly strikes: number
}

/** What holds where nobody chooses. */
export const USUAL_TUNING: NetworkTuning = Object.freeze({
  maxConnections: LIMITS.connections,
  minPeers: 3,
  retryIntervalMs: LIMITS.reconnectMaxMs,
  connectionTimeoutMs: 10 * second,
  idleTimeoutMs: 1 * minute,
  requestTimeoutMs: LIMITS.askTimeoutMs,
  isDhtServer: true,
  replicationFactor: LIMITS.rendezvousClosest,
  queryTimeoutMs: LIMITS.providerLookupTimeoutMs,
  providerRecords: LIMITS.rendezvousEntries,
  providerRecordTtlMs: LIMITS.rendezvousEntryMs,
  meshSize: 6,
  meshLow: 4,
  meshHigh: 12,
  heartbeatMs: 1 * second,
  historyLength: 15,
  historyGossip: 3,
  strikes: LIMITS.strikes,
})
