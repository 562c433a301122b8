const KiB = 1024
const MiB = 1024 * KiB
const second = 1000

/** What a central registry takes, gives and remembers; a part of it are the bounds that docs/protocol/central.md names. */
export const CENTRAL_LIMITS = Object.freeze({
  // publishing
  /** Records in one publish, and the bytes of its JSON: as many of the largest in base64. */
  opsPerPublish: 128,
  publishBodyBytes: 3 * MiB,
  /** For an archive to come from the registry that got it, before a release of it is refused. */
  bringMs: 10 * second,
  /** For other nodes to hold what is published, before the publisher is told to say it again. */
  replicasMs: 4 * second,
  /** So long an archive that was uploaded waits for a release of it; how often it is looked which have waited in vain, and how many are at a time. */
  uploadMs: 24 * 60 * 60 * second,
  uploadsEveryMs: 60 * 60 * second,
  uploadsAtOnce: 10_000,
  /** Publishes that are judged at the same time, and those that wait, each with its records in memory. */
  publishes: 8,
  waitingPublishes: 64,

  // documents
  /** Publishers of one name whose records one document holds, and the bytes of those records. */
  claimants: 64,
  documentBytes: 32 * MiB,
  /** Of the records of one page of a search. */
  searchBytes: 4 * MiB,
  searchHits: 50,

  // catalog
  /** Names that are looked at in one turn of the event loop, and how often all of them are. */
  catalogSlice: 64,
  catalogEveryMs: 60 * second,
  /** Between two catalogs that are made because something changed. */
  catalogPauseMs: second,
  /** Packages whose archive was not here or could not be read when it was looked for, and that are looked for again. */
  catalogWaiting: 10_000,

  // who asks
  connections: 1024,
  connectionsPerAddress: 256,
  requestsPerSecond: 100,
  requestBurst: 500,
  /** Wrong tokens of one address. */
  refusalsPerMinute: 30,
  refusalBurst: 30,
  publishesPerSecond: 20,
  publishBurst: 200,
  rateKeys: 50_000,
  headersBytes: 16 * KiB,
  /** For the headers of a request, and for the handshake of TLS; how often it is looked who is late. */
  headersMs: 10 * second,
  lateEveryMs: 2 * second,
  idleMs: 60 * second,
  /** Who takes or gives bytes has to move so many in each such time. */
  paceMs: 20 * second,
  paceBytes: 64 * KiB,
  flushMs: 5 * second,
  /** Of documents and pages of hits that were made for somebody who has not taken them yet. */
  answersBytes: 256 * MiB,

  // tokens
  tokens: 1000,
  tokenFileBytes: 1 * MiB,
  tokenPatterns: 64,
  tokenLabelChars: 64,
  tokenLongestMs: 10 * 366 * 24 * 60 * 60 * second,
  /** The last use of a token is written at most so often. */
  tokenUseEveryMs: 60 * second,
})
