import type { AllowedPeer, Ban, BanSubject, Digest, Multiaddr, PeerId } from '#core'

/**
 * Peers, as the rest of the program sees them: ask, answer, announce, find.
 * Disposing leaves the network, ends every wait and closes every connection; later calls throw `cancelled`.
 */
export interface Network extends AsyncDisposable {
  readonly self: PeerId
  /** Where others can reach this node, each with `/p2p/<self>`; empty for a node that only dials and after disposal. */
  addresses(): readonly Multiaddr[]
  /** Peers that are connected and identified. */
  peers(): readonly ConnectedPeer[]
  /**
   * Connects to an address that a user named; resolves when the peer is identified and stands in `peers()`.
   * Throws `peer-unreachable`, `denied`, `timeout` or `cancelled`.
   */
  dial(address: Multiaddr, signal: AbortSignal): Promise<PeerId>
  /**
   * Hears of peers that come (identified, so that they can be asked at once) and go. A listener must not throw.
   * Throws `too-busy` above `LIMITS.eventListeners`.
   */
  onPeer(listener: (change: PeerChange) => void): Disposable

  /**
   * The other end of the open connection to a peer, also while it is not known yet who it is; `undefined` without one, and where the
   * connection is of a kind that has no address of ours.
   */
  addressOf(peer: PeerId): Multiaddr | undefined

  /**
   * One question (≤ `LIMITS.questionBytes`), one answer (≤ `LIMITS.messageBytes`), within `LIMITS.askTimeoutMs`. Dials the peer when needed;
   * several questions to one peer run side by side. Throws `peer-unreachable` (gone, does not answer this protocol, or its answerer failed),
   * `timeout`, `too-busy`, `frame-invalid` (a side broke the framing or a size limit) or `cancelled`.
   */
  ask(peer: PeerId, protocol: Protocol, question: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Answers questions; one answerer per protocol. `too-busy` and `frame-invalid` that it throws are told to the asker in one byte,
   * anything else closes the stream and is reported as an event; nobody else hears of it.
   */
  answer(protocol: Protocol, answerer: Answerer): Disposable

  /**
   * Gossips a message (≤ `LIMITS.gossipBytes`, else `frame-invalid`) to the network's topic; resolves to how many peers it was handed to
   * directly. Nobody there is not an error, and the message may be announced again later.
   */
  announce(message: Uint8Array): Promise<number>
  /**
   * Judges every gossiped message once, before it is relayed. One listener; without one, nothing is relayed. What it throws, and what takes
   * longer than `LIMITS.askTimeoutMs`, counts as `ignore`.
   */
  listen(judge: Judge): Disposable

  /**
   * Tells peers near the blob's key that this node holds it; resolves when they were told or, without peers, when it is remembered to be told later.
   * Throws `too-busy` above `LIMITS.knownHolders`, `timeout` or `cancelled`.
   */
  provide(digest: Digest, signal: AbortSignal): Promise<void>
  /**
   * Peers that those near the blob's key name as holders and that could be reached, without this node, each once, at most
   * `LIMITS.providersPerLookup`.
   * Ends quietly when nothing more is found, after `LIMITS.providerLookupTimeoutMs` and on the signal.
   */
  findProviders(digest: Digest, signal: AbortSignal): AsyncIterable<PeerId>

  /**
   * Bans a peer that was caught lying, at once: its connections are cut, and no new one comes about in either direction for as long as the ban
   * lasts, also after a restart. Tells subscribers of events. Banning twice is banning once; a node bans neither itself, nor peers on the allow
   * list, nor those that it was told to connect to. `reason` is for people.
   */
  ban(peer: PeerId, reason: string): void
  /**
   * Whether neither the peer nor, where it is given, the IP address it comes from is banned now; peers on the allow list come from anywhere. What is
   * not an IP address is not admitted.
   */
  admits(peer: PeerId, host?: string): boolean
  /** What the user decides about peers. */
  readonly access: PeerAccess

  stats(): NetworkStats
}

/** What the user decides about peers: bans and the allow list, kept for good. The last word about a peer counts. Every method may throw `store-broken`. */
export interface PeerAccess {
  /**
   * Bans a peer, an IP address or a prefix, and cuts off at once whom it covers. Lasts `forMs`, or until it is lifted; takes a peer off the allow
   * list. Throws `denied` for the node itself, `too-busy` above `LIMITS.userBans`, and `disk-full`.
   */
  ban(subject: BanSubject, decree: { readonly reason: string; readonly forMs?: number }): Ban
  /** Lifts a ban, whoever made it. Throws `not-listed` when there is none. */
  unban(subject: BanSubject): void
  /** From now on this peer is never banned, gets in where its host or prefix has no place left, and any ban of it is lifted. Throws `too-busy`, `disk-full`. */
  allow(peer: PeerId): AllowedPeer
  /** Takes a peer off the allow list. Throws `not-listed`. */
  disallow(peer: PeerId): void
  /** Those that hold now, oldest first. */
  bans(): readonly BanInForce[]
  allowed(): readonly AllowedPeer[]
}

/** A ban that holds, and for how long still; without that, until somebody lifts it. */
export type BanInForce = Ban & { readonly remainingMs?: number }

/** Every protocol of docs/protocol/: length-prefixed, bounded, pull only. */
export const PROTOCOLS = [
  '/ggen/feed/1', '/ggen/opinions/1', '/ggen/sync/1', '/ggen/search/1', '/ggen/have/1', '/ggen/blob/1', '/ggen/seed/1', '/ggen/npm/1',
] as const

/** One of `PROTOCOLS`. */
export type Protocol = (typeof PROTOCOLS)[number]

/**
 * Gets one question (≤ `LIMITS.questionBytes`) and returns one answer (≤ `LIMITS.messageBytes`). Must honour the signal: it aborts when the
 * asker leaves or the time is up.
 */
export type Answerer = (question: Uint8Array, from: PeerId, signal: AbortSignal) => Promise<Uint8Array>

/** `accept`: relay · `ignore`: drop quietly · `reject`: drop, and count it against the sender. */
export type Verdict = 'accept' | 'ignore' | 'reject'

/** Judges a gossiped message; `from` is the peer that handed it over, not its author. */
export type Judge = (message: Uint8Array, from: PeerId) => Promise<Verdict>

/** A peer with at least one open connection. */
export interface ConnectedPeer {
  readonly peer: PeerId
  /** The remote end of the connection. Of an inbound one this is not an address that can be dialled. */
  readonly address: Multiaddr | undefined
  readonly direction: 'inbound' | 'outbound'
  /** Last measured round trip; absent before the first. */
  readonly latencyMs?: number
  /** When the connection was opened, Unix milliseconds. */
  readonly since: number
  /** What the peer said it can speak when it was identified, our protocols and those of the library. */
  readonly protocols: readonly string[]
}

/** A peer that came or went. */
export interface PeerChange {
  readonly type: 'connected' | 'disconnected'
  readonly peer: PeerId
  readonly address: Multiaddr | undefined
}

/** Figures of this node for status displays. */
export interface NetworkStats {
  /** How many blobs this node tells others about, told or still to be told. */
  readonly providerRecords: number
  readonly topics: readonly string[]
  /** Different peers that were connected since the node started, up to `LIMITS.peersMet`. */
  readonly peersMet: number
}
