import type { AllowedPeer, Ban, BanSubject, Multiaddr, PeerId } from '#core'

/** What the control door shows of the network; the network port has this form. */
export interface NetworkView {
  readonly self: PeerId
  addresses(): readonly Multiaddr[]
  peers(): readonly PeerView[]
  /** Connects to whoever is there, and resolves to who it is. Throws `peer-unreachable`, `timeout`, `denied`, `cancelled`. */
  dial(address: Multiaddr, signal: AbortSignal): Promise<PeerId>
  readonly access: AccessView
  stats(): { readonly providerRecords: number; readonly topics: readonly string[]; readonly peersMet: number }
}

export interface PeerView {
  readonly peer: PeerId
  readonly address: Multiaddr | undefined
  readonly direction: 'inbound' | 'outbound'
  readonly latencyMs?: number
  /** Unix milliseconds. */
  readonly since: number
  readonly protocols: readonly string[]
}

/** Who is banned, and who is always welcome. Every method may throw `store-broken`. */
export interface AccessView {
  /** Without `forMs`: until it is lifted. Throws `denied`, `too-busy`, `disk-full`. */
  ban(subject: BanSubject, decree: { readonly reason: string; readonly forMs?: number }): Ban
  /** Throws `not-listed`. */
  unban(subject: BanSubject): void
  /** Throws `too-busy`, `disk-full`. */
  allow(peer: PeerId): AllowedPeer
  /** Throws `not-listed`. */
  disallow(peer: PeerId): void
  bans(): readonly (Ban & { readonly remainingMs?: number })[]
  allowed(): readonly AllowedPeer[]
}
