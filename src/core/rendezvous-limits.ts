const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** The bounds of how nodes find each other: a part of `LIMITS`. */
export const RENDEZVOUS_LIMITS = Object.freeze({
  // who keeps which blob, told to peers near its key
  rendezvousEntries: 200_000,
  rendezvousPeers: 20_000,
  rendezvousEntriesPerPeer: 5000,
  rendezvousEntriesPerKey: 64,
  /** Of one key, from one /24 or /48. */
  rendezvousEntriesPerPrefix: 4,
  /** Entries in one answer, and addresses of each. */
  rendezvousAnswer: 20,
  rendezvousAddresses: 8,
  rendezvousAddressChars: 128,
  /** Peers that are asked or told: nearest to the key, and connected anyway. */
  rendezvousClosest: 20,
  rendezvousClosestPerPrefix: 2,
  rendezvousConnected: 20,
  /** Connected peers outside the routing table that are asked on a walk as well. */
  rendezvousBesideTable: 8,
  /** Peers that one lookup tries to reach at once. */
  rendezvousDials: 16,
  /** For one question about a key. */
  rendezvousTimeoutMs: 3 * second,
  rendezvousEntryMs: 24 * hour,
  /** What was told is told again after this time, because those who were told come and go. */
  rendezvousAgainMs: 12 * hour,
  /** And once sooner: a node that has just started knows few to tell. */
  rendezvousSecondMs: 10 * minute,

  /** Dials of one address that failed within an hour or are under way, whoever named it, and how many addresses are remembered for that. */
  failedDials: 3,
  failedDialAddresses: 10_000,
  failedDialMs: 1 * hour,

  /** Of one /24 or /48, in the routing table and in one of its buckets. */
  routesPerPrefix: 3,
  routesPerBucketAndPrefix: 2,

  /** Outbound connections to long known peers of different /16 or /32, and how many such peers are remembered. */
  anchors: 3,
  knownAnchors: 128,
  /** So long a peer is known before it is an anchor, and so long it is remembered without being seen. */
  anchorAgeMs: 24 * hour,
  anchorMemoryMs: 30 * 24 * hour,
})
