/** What speaks for a catalogue being up to date. Who keeps a node among its own peers can show it an old world: only these say how likely that is. */
export interface FreshnessEvidence {
  /** Different peers with which the whole catalogue was compared within `LIMITS.freshnessMs`. */
  readonly peers: number
  /** Different networks that these are in: /16 of IPv4, /32 of IPv6. */
  readonly networks: number
  /** Date of the newest record, Unix seconds, by the clock of who signed it; absent without any. */
  readonly newestOpAt?: number
  /** How long ago that was, by the clock of this node; 0 for one that is ahead of it. */
  readonly newestOpAgeSeconds?: number
  /** There were enough peers of enough networks, and one of the records is younger than `LIMITS.freshnessMs`. */
  readonly proven: boolean
}
