import type { Multiaddr } from './multiaddr.ts'
import type { PeerId } from './peer-id.ts'

/** A peer that this node reached at an address, and that proved there who it is. */
export interface Anchor {
  readonly peer: PeerId
  /** Without the peer. */
  readonly address: Multiaddr
  /** When it was first reached, Unix milliseconds. */
  readonly since: number
  /** When it was last seen, Unix milliseconds. */
  readonly seen: number
}
