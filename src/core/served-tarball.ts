/** Where the bytes of an archive came from that a package manager asked for: `network`: it is published to the network; `nowhere`: it was not served. */
export type ServedFrom = 'disk' | 'peer' | 'upstream' | 'network' | 'nowhere'

/** What one peer gave of an archive. */
export interface PeerShare {
  readonly peer: string
  readonly bytes: number
}

/** How one archive was served to a package manager. */
export interface ServedTarball {
  /** Unix milliseconds. */
  readonly at: number
  readonly name: string
  readonly version: string
  readonly from: ServedFrom
  readonly bytes: number
  /** Until the first byte was sent, and until the last one. */
  readonly firstByteMs: number
  readonly durationMs: number
  /** Which peers gave it, the most first; absent: none did. */
  readonly givers?: readonly PeerShare[]
  /** What it was asked with: `npm`, `pnpm`, `yarn`, `bun`, or what the program calls itself. */
  readonly client: string
  /** Under which run of the client, where it says so. */
  readonly session?: string
  /** Code and message, where it was not served, or where somebody failed before somebody else gave it. */
  readonly trouble?: string
}
