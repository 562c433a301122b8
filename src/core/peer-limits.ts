const MiB = 1024 * 1024
const second = 1000
const minute = 60 * second

/** What peers may do, and what becomes of those who do more: a part of `LIMITS`, which is where all others look. */
export const PEER_LIMITS = Object.freeze({
  // what they may hold
  connections: 200,
  inboundPerHost: 4,
  inboundPerPrefix: 8,
  inboundTotal: 120,
  streamsPerProtocol: 16,
  /** That a peer may have open with us on one connection, all protocols together, and that may wait before the connection is all set up. */
  streamsPerConnection: 64,
  earlyStreams: 64,
  /** Questions of one peer that are being answered, and of ours that one peer is asked, all protocols together. */
  questionsPerPeer: 32,
  pendingQuestions: 512,
  /** Of answers that wait to be sent to slow readers, all peers together. */
  unsentBytes: 64 * MiB,

  // who breaks the rules, and whom the user bans or trusts
  strikes: 5,
  strikeWindowMs: 10 * minute,
  /** Peers whose strikes are counted, and hosts whose banned peers are. */
  strikePeers: 10_000,
  /** Different peers that a node counts as met. */
  peersMet: 10_000,
  peerBanFirstMs: 60 * minute,
  peerBanMaxMs: 7 * 24 * 60 * minute,
  /** Of a host, and of a prefix. */
  hostBanFirstMs: 10 * minute,
  hostBanMaxMs: 24 * 60 * minute,
  /** So many banned peers of one host, or banned hosts of one prefix, and it is banned itself. */
  bannedPeersPerHost: 2,
  bannedHostsPerPrefix: 4,
  /** So long after its end a ban is remembered, because the next one lasts longer. */
  banMemoryMs: 30 * 24 * 60 * minute,
  bans: 10_000,
  /** So long a peer that gave wrong bytes is asked for none, though its user named it and it is therefore not banned. */
  liarRestMs: 60 * minute,
  userBans: 1000,
  allowedPeers: 64,
  /** Connections that find no place otherwise, for as long as it takes to hear whether it is an allowed peer. */
  inboundTrials: 8,
  inboundTrialsPerHost: 2,

  // rates, all per peer; a whole prefix gets `prefixShares` times as much
  prefixShares: 4,
  rateBuckets: 50_000,
  knocksPerSecond: 5,
  knocksBurst: 10,
  /** New streams on one connection, whatever they are for: what follows is stricter, but only looks at what was negotiated. */
  streamsPerSecond: 1200,
  streamsBurst: 2500,
  feedPerSecond: 50,
  feedBurst: 200,
  /** One question for each publisher that is followed, again and again. */
  opinionsPerSecond: 10,
  opinionsBurst: 300,
  syncPerSecond: 10,
  syncBurst: 80,
  searchPerSecond: 20,
  searchBurst: 60,
  /** Blobs are asked for in pieces of 1 MiB, one question each, and small ones one after the other: a fast LAN must not wait for this. */
  havePerSecond: 512,
  haveBurst: 1024,
  blobPerSecond: 512,
  blobBurst: 1024,
  seedPerSecond: 5,
  seedBurst: 20,
  /** What a client wants at the same time goes into one question; those that come one after the other must not wait. */
  npmPerSecond: 512,
  npmBurst: 1024,
  rendezvousPerSecond: 50,
  rendezvousBurst: 200,
  /** What is over it is dropped unread, and comes when catalogues are compared. */
  gossipPerSecond: 20,
  gossipBurst: 100,
  /** Control messages of the mesh: an honest peer sends a few a second. */
  gossipControlsPerSecond: 20,
  gossipControlsBurst: 200,
  /** Of all kinds: a busy honest peer says of every message that it has it. */
  gossipPacketsPerSecond: 1000,
  gossipPacketsBurst: 4000,
  gossipStreamsPerSecond: 5,
  gossipStreamsBurst: 20,
})
