import assert from 'node:assert/strict'
import { PEER_LIMITS } from './peer-limits.ts'
import { FRESHNESS_LIMITS } from './freshness-limits.ts'
import { PLAN_LIMITS } from './plan-limits.ts'
import { RENDEZVOUS_LIMITS } from './rendezvous-limits.ts'
import { TIME_LIMITS } from './time-limits.ts'

const KiB = 1024
const MiB = 1024 * KiB
const second = 1000
const minute = 60 * second

/** Every bound of the system in one place, units in the names; the relations between them are asserted below. */
export const LIMITS = Object.freeze({
  // signed records
  opBytes: 16 * KiB,
  opSignatures: 16,
  /** Ops of an identity's own chain that come with one question. */
  chainOps: 32,
  /** Roles ops one after the other, which is their largest `seq`: whoever holds a root key can make no longer chain for others to hold and to follow. */
  rolesOps: 10_000,
  opExtensionBytes: 2 * KiB,
  opClockSkewSeconds: 600,
  titleChars: 120,
  descriptionChars: 512,
  tags: 16,
  tagChars: 32,
  categoryChars: 32,
  licenseChars: 64,
  authorChars: 120,
  reasonChars: 280,
  /** Names in one endorsement. */
  endorsedNames: 32,
  referenceChars: 512,
  nameChars: 128,
  versionChars: 100,
  rangeChars: 256,
  metadataBytes: 64 * KiB,

  // keys of a publisher on this machine
  /** Of the chain that is kept beside the keys: many years of rotations. */
  identityChainOps: 256,
  identityKeys: 64,
  identityFileBytes: 8 * MiB,
  /** Of one seed, encrypted. */
  sealedSeedBytes: 4 * KiB,
  keyLabelChars: 32,
  passphraseLeastChars: 8,
  passphraseChars: 1024,
  /** Binary logarithm of what one guess of a passphrase costs: what is made here, and the most that is opened. */
  scryptWorkFactor: 18,
  scryptMostWork: 20,
  /** Who asks the agent at the same time, and how long a question and an answer may be: the largest payload in base64, and some. */
  agentConnections: 16,
  agentQuestionBytes: 24 * KiB,
  agentAnswerBytes: 8 * KiB,

  // archives
  archiveBytes: 100 * MiB,
  unpackedBytes: 1024 * MiB,
  archiveFiles: 50_000,
  archivePathBytes: 240,
  archivePathDepth: 32,
  archiveRatio: 200,
  archiveRatioFromBytes: 10 * MiB,
  archivePaddingBytes: 1 * MiB,
  manifestBytes: 1 * MiB,
  /** Of ontologies of one archive, which are held in memory while they are hashed in the order of their paths. */
  ontologyBytes: 64 * MiB,
  ignoreFileBytes: 256 * KiB,

  // wire
  messageBytes: 1_100_000,
  questionBytes: 64 * KiB,
  blobRangeBytes: 1 * MiB,
  pieceBytes: 1 * MiB,
  blobPieces: 4096,
  gossipBytes: 64 * KiB,
  feedOps: 64,
  feedIds: 1024,
  feedAnswerBytes: 1 * MiB,
  /** Pages of ids that are asked for in one go, of what one publisher says: of everybody of whom it may speak. */
  opinionPages: 128,
  /** Of a frame that compares two sets, asked and answered. */
  syncFrameBytes: 60 * KiB,
  syncAnswerBytes: 128 * KiB,
  /** Ops whose places are read, and ranges that are measured, for one frame: a few milliseconds. */
  syncFrameWork: 10_000,
  syncRounds: 64,
  syncSessions: 2,
  /** Peers that are told when something is new here. */
  syncSpread: 2,
  /** Broken answers in a row after which a peer is banned. */
  syncFaults: 3,
  snapshotChunkBytes: 1 * MiB,
  /** Before it is compressed: never larger afterwards than a chunk may be. */
  snapshotRawBytes: 1 * MiB - 16 * KiB,
  snapshotChunkOps: 4096,
  snapshotChunks: 16_384,
  /** Fewer ops are compared and brought one by one. */
  snapshotFromOps: 2000,
  /** Ops that are read in one go while one is made. */
  snapshotReadOps: 500,
  haveDigests: 256,
  /** Blobs up to this size may come with the answer to whether they are held, and so much in one answer. */
  enclosedBlobBytes: 64 * KiB,
  enclosedBytes: 512 * KiB,
  searchAnswerHits: 50,
  multiaddrChars: 512,

  // peers
  peerSearchFanout: 4,
  /** Peers that are asked how far an own package is before it is signed for, and packages for which they were. */
  ownHeadPeers: 3,
  /** Peers that are asked at once what a publisher says that is followed from now on. */
  heedPeers: 3,
  ownHeads: 1000,
  holdersPerFetch: 8,
  providersPerLookup: 64,
  knownHolders: 20_000,
  /** Peers whose performance is remembered. */
  scoredPeers: 4096,
  /** Enclosed bytes that wait to be used. */
  enclosuresBytes: 4 * MiB,
  opBudgetPerSecond: 500,
  haveDigestsPerSecond: 8192,

  // how nodes find each other
  ...RENDEZVOUS_LIMITS,
  ...FRESHNESS_LIMITS,

  // who breaks the rules, what peers may do in a second, and what a plan may cost
  ...PEER_LIMITS,
  ...PLAN_LIMITS,

  // queues and maps
  parkedOps: 1000,
  /** Ops of chains that stay parsed, and ops of feeds while something is done with them. */
  openOps: 1024,
  /** Packages and chains of fewer ops are looked at as a whole whenever something comes: that is quick, and nothing of them has to stay in memory. */
  ledgerOps: 32,
  /** Envelopes of packages, and of chains, that stay added up: in memory they take about a third more, and chains four times as much. */
  ledgerBytes: 80 * MiB,
  ledgerChainBytes: 8 * MiB,
  /** Ops that wait for co-signatures, remembered and asked for in one session. */
  waitingOps: 10_000,
  waitingAsked: 64,
  seenMessages: 100_000,
  eventListeners: 64,
  /** What may happen before a node is ready and is told then. */
  earlyEvents: 256,
  /** Who watches the catalogue, and what may wait for each until it is read. */
  watchers: 32,
  watchedNews: 256,
  /** Exact names in one wish. */
  watchedNames: 64,
  /** That `ggen doctor` looks at. */
  examinedFiles: 50_000,
  openIntents: 1000,
  /** Allowances of publishers that are remembered. */
  brakedPublishers: 20_000,
  smallTransfers: 16,
  largeTransfers: 4,
  waitingTransfers: 4096,

  // gossip of one publisher: what goes over it comes later, when catalogues are compared
  brakeKeyBurst: 30,
  brakeKeyPerHour: 30,
  brakeIdentityPerHour: 100,
  /** Of an identity that is new here. */
  brakeNewcomerBurst: 5,
  brakeNewcomerPerDay: 20,

  // what is held
  blobQuotaBytes: 10 * 1024 * MiB,
  /** Of envelopes of ops, in all and of one identity that nobody here pinned or follows. */
  catalogueQuotaBytes: 2 * 1024 * MiB,
  identityQuotaBytes: 8 * MiB,
  /** Publishers that are looked at, and envelopes that are dropped, in one go: more than come in a slice of what is judged. */
  quotaPublishers: 256,
  quotaDrops: 256,
  diskReserveBytes: 256 * MiB,
  partialBlobs: 1000,
  keptPackages: 20_000,
  /** Publishers whose word on others counts. */
  followedPublishers: 256,
  /** Publishers and packages that the user blocks. */
  blockedSubjects: 4096,
  /** What one publisher that is followed says of one other, the newest; all that is remembered of what they say; and those of whom it is known who speaks. */
  opinionsPerTarget: 1024,
  knownOpinions: 20_000,
  opinedTargets: 100_000,
  /** Claims on a name that are listed, and advice about a package. */
  shownClaims: 20,
  shownAdvice: 20,
  keptBlobsPerPackage: 16,
  /** Packages of which it is remembered what was withdrawn. */
  viewedPackages: 4096,
  receipts: 10_000,
  /** Blobs of which is remembered that their bytes were right, and for how long. */
  confirmedBlobs: 20_000,

  // seeding
  followPatterns: 256,
  seedQueue: 1000,
  seedPulls: 2,
  replicas: 64,

  // search
  queryWords: 16,
  queryChars: 256,
  /** Entries that are ranked, for each way in which they may match. */
  searchCandidates: 1000,
  searchResults: 200,
  /** Packages of this node that search puts first. */
  searchKept: 1000,
  waitingSearches: 64,
  /** Questions that a light node asked its peers, and need not ask again for a while. */
  rememberedSearches: 256,
  cursorChars: 1024,

  // proofs of domains
  domainRecordBytes: 16 * KiB,
  domainClaims: 128,
  /** Of `_ggen.DOMAIN`, with those of others. */
  domainTxtRecords: 64,
  domainTxtChars: 512,
  domainRedirects: 2,
  /** Domains that are asked at a time. */
  domainLookups: 16,
  /** Remembered; those where nothing was ever proven go first. */
  knownDomains: 10_000,

  // look-alikes
  /** Names that a new one is compared with. */
  lookAlikeNames: 200_000,
  /** Of those that it can be taken for: named, and looked at closely for each reason. */
  shownLookAlikes: 5,
  /** Publishers of whom those that are followed say something, and whose names are looked at for that. */
  vouchedPublishers: 4096,
  weighedLookAlikes: 64,

  // bulk channel
  bulkStrangers: 128,
  bulkStrangersPerHost: 32,
  bulkGuests: 256,
  bulkGuestsPerHost: 64,
  bulkGuestsPerPeer: 8,
  bulkConnectionsPerPeer: 4,
  bulkTicketBytes: 64,
  /** Of bytes that pass through: large enough for hashing and writing, small enough that both begin early. */
  lotBytes: 256 * KiB,
  pooledLots: 64,
  bulkHeaderBytes: 4 * KiB,
  bulkHandshakeMs: 5 * second,
  bulkConnectMs: 2 * second,
  bulkIdleMs: 60 * second,
  bulkTicketMs: 10 * minute,
  bulkAvoidMs: 60 * second,
  bulkRoutes: 1000,
  stallBytesPerSecond: 8 * KiB,
  pacedTurns: 4096,
  pacedPeers: 1024,

  // time
  ...TIME_LIMITS,

  // control
  controlBodyBytes: 1 * MiB,
})

assert(LIMITS.archiveBytes <= LIMITS.blobQuotaBytes, 'the largest archive must fit under the default quota')
assert(LIMITS.identityFileBytes > 1.34 * (LIMITS.identityChainOps * LIMITS.opBytes + LIMITS.identityKeys * LIMITS.sealedSeedBytes), 'a whole chain must fit')
assert(LIMITS.userBans < LIMITS.bans, 'what the user wants must leave room for what the node finds out')
assert(LIMITS.opBytes <= LIMITS.gossipBytes, 'an op must fit into one gossip message')
assert(LIMITS.opBytes <= LIMITS.identityQuotaBytes && LIMITS.identityQuotaBytes <= LIMITS.catalogueQuotaBytes, 'every identity has room for an op')
assert(LIMITS.lookAlikesMs <= LIMITS.lookAlikeAheadMs, 'what came after the names were made ready cannot count yet')
assert(LIMITS.blobRangeBytes < LIMITS.messageBytes, 'a range must fit into one answer with its envelope')
assert(LIMITS.pieceBytes <= LIMITS.blobRangeBytes, 'a piece must fit into one answer')
assert(LIMITS.feedAnswerBytes < LIMITS.messageBytes, 'a page of ops must fit into one answer')
assert(LIMITS.feedOps * LIMITS.opBytes <= LIMITS.feedAnswerBytes, 'the largest page of ops must fit into an answer')
assert(LIMITS.opBytes * 4 / 3 + KiB <= LIMITS.agentQuestionBytes, 'the largest op must fit into a question to the agent')
assert(LIMITS.feedIds * 42 < LIMITS.questionBytes, 'ids that are asked for must fit into one question')
assert(LIMITS.opinionPages * LIMITS.feedIds >= LIMITS.opinedTargets, 'a word on everybody can be asked for')
assert(LIMITS.opinionsBurst >= LIMITS.followedPublishers, 'one peer may be asked about everybody who is followed')
assert(LIMITS.freshnessNetworks <= LIMITS.freshnessPeers && LIMITS.freshnessPeers <= LIMITS.comparedPeers, 'freshness can be proven')
assert(LIMITS.syncFrameBytes < LIMITS.questionBytes, 'a frame must fit into one question')
assert(LIMITS.snapshotChunks * 52 < LIMITS.messageBytes, 'the list of the pieces of a snapshot must fit into one answer')
assert(LIMITS.snapshotChunkBytes <= LIMITS.pieceBytes, 'a piece of a snapshot is a blob of one piece')
assert(2 * LIMITS.bulkConnectionsPerPeer <= LIMITS.bulkGuestsPerPeer, 'new connections must find a place while old ones are being closed')
assert(LIMITS.haveDigests * 80 < LIMITS.questionBytes, 'a batch of digests must fit into one question')
assert(LIMITS.enclosedBlobBytes <= LIMITS.pieceBytes && LIMITS.enclosedBlobBytes <= LIMITS.enclosedBytes, 'what is enclosed is one piece, and fits')
assert(LIMITS.enclosedBytes <= LIMITS.messageBytes / 2, 'enclosures must leave room for the largest answer without them')
assert(LIMITS.haveDigests <= LIMITS.haveDigestsPerSecond, 'the largest question must be within what a peer may ask')
assert(2 * LIMITS.questionsPerPeer <= LIMITS.streamsPerConnection, 'questions of an honest peer leave room for what else it does')
assert(LIMITS.searchAnswerHits * LIMITS.opBytes < LIMITS.messageBytes, 'the largest search answer must fit')
assert(LIMITS.rendezvousClosest + LIMITS.rendezvousConnected <= LIMITS.providersPerLookup, 'of a lookup, everybody who is asked can name one that counts')
assert(LIMITS.rendezvousAnswer * (LIMITS.rendezvousAddresses * (LIMITS.rendezvousAddressChars + 2) + 80) < LIMITS.questionBytes, 'such an answer is small')
assert(2 * LIMITS.rendezvousAgainMs <= LIMITS.rendezvousEntryMs, 'an entry is renewed well before it ends')
