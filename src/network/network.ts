import type { Digest, Multiaddr, PeerId } from '#core'

/** Peers, as the rest of the program sees them: ask, answer, announce, find. Disposing leaves the network. */
export interface Network extends AsyncDisposable {
  readonly self: PeerId
  /** Where others can reach this node, each with `/p2p/<self>`. */
  addresses(): readonly Multiaddr[]
  peers(): readonly ConnectedPeer[]
  /** Connects to an address. Throws `peer-unreachable`, `denied` or `timeout`. */
  dial(address: Multiaddr, signal: AbortSignal): Promise<PeerId>
  /** Hears of peers that come and go. A listener must not throw. */
  onPeer(listener: (change: PeerChange) => void): Disposable

  /** One question, one answer. Dials the peer when needed. Throws `peer-unreachable`, `timeout`, `too-busy` or `frame-invalid`. */
  ask(peer: PeerId, protocol: Protocol, question: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** Answers questions; one answerer per protocol. What it throws closes the stream and reaches nobody else. */
  answer(protocol: Protocol, answerer: Answerer): Disposable

  /** Gossips a message to the network's topic; resolves to how many peers it was handed to directly. Nobody there is not an error. */
  announce(message: Uint8Array): Promise<number>
  /** Judges every gossiped message once, before it is relayed. One listener. What it throws counts as `ignore`. */
  listen(judge: Judge): Disposable

  /** Tells the DHT that this node holds a blob. Without peers it is remembered and told later. */
  provide(digest: Digest, signal: AbortSignal): Promise<void>
  /** Peers that the DHT names as holders, without this node, each once. Ends quietly when nothing more is found. */
  findProviders(digest: Digest, signal: AbortSignal): AsyncIterable<PeerId>

  stats(): NetworkStats
}

/** The protocols of docs/protocol/: length-prefixed, bounded, pull only. */
export type Protocol = '/ggen/feed/1' | '/ggen/search/1' | '/ggen/have/1' | '/ggen/blob/1'

/** Gets one question (≤ 64 KiB) and returns one answer (≤ 1.1 MB). Must honour the signal. */
export type Answerer = (question: Uint8Array, from: PeerId, signal: AbortSignal) => Promise<Uint8Array>

/** `accept`: relay · `ignore`: drop quietly · `reject`: drop, and count it against the sender. */
export type Verdict = 'accept' | 'ignore' | 'reject'

export type Judge = (message: Uint8Array, from: PeerId) => Promise<Verdict>

export interface ConnectedPeer {
  readonly peer: PeerId
  readonly address: Multiaddr | undefined
  readonly direction: 'inbound' | 'outbound'
  /** Last measured round trip; absent before the first. */
  readonly latencyMs?: number
  /** Unix milliseconds. */
  readonly since: number
  readonly protocols: readonly string[]
}

export interface PeerChange {
  readonly type: 'connected' | 'disconnected'
  readonly peer: PeerId
  readonly address: Multiaddr | undefined
}

export interface NetworkStats {
  /** How many blobs this node tells the DHT about. */
  readonly providerRecords: number
  readonly topics: readonly string[]
}
