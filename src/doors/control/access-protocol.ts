import type { AllowedPeer, Ban, BanSubject, Multiaddr, PeerId } from '#core'

/** `GET /v1/bans`: those that hold, oldest first, and the allow list. */
export interface BansReply {
  readonly bans: readonly BanReply[]
  readonly allowed: readonly AllowedReply[]
}

/** A ban that holds, and how long still; without `remainingMs` until somebody lifts it. Answer of `POST /v1/ban`. */
export type BanReply = Ban & { readonly remainingMs?: number }

/** Answer of `POST /v1/allow {peer}` */
export type AllowedReply = AllowedPeer

/** `POST /v1/ban`: cuts off whom it covers, and keeps them away. */
export interface BanQuestion {
  /** As `parseBanSubject` reads it. */
  readonly subject: string
  readonly reason?: string
  /** Absent: until somebody lifts it. */
  readonly forMs?: number
}

/** Answer of `POST /v1/unban {subject}` */
export interface UnbanReply {
  readonly unbanned: BanSubject
}

/** Answer of `POST /v1/disallow {peer}` */
export interface DisallowReply {
  readonly disallowed: PeerId
}

/** Answer of `POST /v1/connect {address}`: who is there. */
export interface ConnectedReply {
  readonly peer: PeerId
  readonly address: Multiaddr
}
