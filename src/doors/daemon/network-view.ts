import type { Multiaddr, PeerId } from '#core'

/** What the control door shows of the network; the network port has this form. */
export interface NetworkView {
  readonly self: PeerId
  addresses(): readonly Multiaddr[]
  peers(): readonly PeerView[]
  stats(): { readonly providerRecords: number; readonly topics: readonly string[] }
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
