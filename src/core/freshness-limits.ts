const hour = 3_600_000

/** What it takes to say that a catalogue is up to date: a part of `LIMITS`. */
export const FRESHNESS_LIMITS = Object.freeze({
  /** Peers with which the catalogue was compared lately that are remembered. */
  comparedPeers: 4096,
  /** So many peers of so many networks speak for a catalogue that is up to date. */
  freshnessPeers: 5,
  freshnessNetworks: 3,
  /** For so long a comparison, and a record as the newest one, say something about now. */
  freshnessMs: 24 * hour,
})
