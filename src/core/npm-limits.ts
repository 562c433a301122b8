import assert from 'node:assert/strict'
import { LIMITS } from './limits.ts'

const KiB = 1024
const MiB = 1024 * KiB
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Bounds of the npm door, and of what it takes from registries and peers. */
export const NPM_LIMITS = Object.freeze({
  /** Of one document of a package as an upstream sends it: the largest of the public registry have some 40 MB. */
  documentBytes: 128 * MiB,
  /** Of the manifest of one version. */
  manifestBytes: 4 * MiB,
  versions: 20_000,
  /** Of one archive; larger ones are passed on without being kept. */
  tarballBytes: 512 * MiB,
  /** An archive up to this size is held in memory while it passes. */
  passingBytes: 8 * MiB,
  /** Documents that are ready to be sent, in memory. */
  readyBytes: 48 * MiB,
  /** Documents on the disk; those used longest ago go first. */
  documentsQuotaBytes: 1024 * MiB,
  /** Of what is remembered; those used longest ago, or noted first, go. A release is remembered with its bytes, and apart from them with its first sight. */
  knownDocuments: 50_000,
  knownTarballs: 500_000,
  seenReleases: 500_000,
  /** The newest versions of a document, whose signatures are looked at before anybody gets it; those of others when their archive is wanted. */
  provenAtOnce: 16,
  /** Registries of which it is known whether they sign. */
  knownSources: 1000,
  /** Of the list of keys that a registry signs with. */
  keysBytes: 256 * KiB,
  /** Of any other body. */
  bodyBytes: 8 * MiB,
  /** Archives whose addresses are asked for in one question. */
  askedAddresses: 1000,
  /** Served archives that are remembered for reports. */
  served: 20_000,

  // packages of the network
  /** Of a publish: an archive in base64, and what is said of it. */
  publishBytes: 96 * MiB,
  /** Archives that are looked into at the same time to make a document of their package, for how long in all, and what is remembered of them. */
  lookedInto: 8,
  lookMs: 20 * second,
  lookedBytes: 16 * MiB,
  madeBytes: 8 * MiB,
  /** Versions of which something is said at once. */
  words: 256,
  /** Uploads that wait for a signature. */
  uploads: 256,

  // copies
  /** Archives that stay, for all reasons together. */
  keptArchives: 50_000,
  /** What a node keeps of archives for all others in its private network. */
  keptForOthersBytes: 4 * 1024 * MiB,
  /** Archives that wait to be fetched for others, and how many are fetched at a time. */
  keepQueue: 20_000,
  keepAtOnce: 4,
  /** One that could not be had is not tried again for so long. */
  keepAgainMs: minute,
  /** Archives that one peer is asked about in one round, and the pause between two rounds where there are more. */
  keepAsked: 1024,
  keepPauseMs: second,
  /** Peers that are asked at the same time what they keep. */
  keepersAtOnce: 16,
  /** A copy for a peer stays so long after that asked for it last, and what it asks again is noted once in so long. */
  leaseMs: 30 * day,
  leaseAgainMs: day,
  /** After a start, and then so often, a node looks who keeps what its lock files need; when peers come and go, so long after the last look. */
  copiesFirstMs: minute,
  copiesEveryMs: 10 * minute,
  copiesPauseMs: minute,
  /** How long one look waits for new copies. */
  copiesMs: minute,
  /** A copy counts for so long after its keeper was seen last, and so long after a start nobody else is asked: keepers may be away. */
  keeperAwayMs: day,
  keepersComeMs: hour,

  // peers
  /** Archives in one question to a peer, and documents. */
  askedTarballs: 256,
  askedDocuments: 4,
  /** Of the address of a registry, and of the name of a package, in UTF-8. */
  sourceBytes: 2048,
  nameBytes: 214,
  /** Of one archive that comes with the answer; asking for it again and bringing it apart takes longer than some more bytes. */
  enclosedTarballBytes: 256 * KiB,
  /** Versions of one package that a peer tells of, the parts of each, and the keys of its registry, in UTF-8. */
  heldVersions: 32,
  heldVersionBytes: 128,
  heldIntegrityBytes: 256,
  heldSignatures: 4,
  heldKeyIdBytes: 128,
  heldSignatureBytes: 160,
  heldKeysBytes: 8 * KiB,
  /** Versions of one document of which it is kept what its registry signed, so that peers can be told. */
  provenVersions: 1000,
  /** A question for a document counts as one for so many archives. */
  documentWeight: 64,
  tarballsPerSecond: 4096,
  /** Names that were asked for lately and belong to a registry: who publishes under one is reported. */
  askedNames: 10_000,
  /** How many peers are asked for a document, and how many archives are brought at a time to make one. */
  askedForDocument: 16,
  broughtAtATime: 4,
  /** Documents that are made from archives of peers, in memory. */
  peerDocumentsBytes: 8 * MiB,
  /** How long peers are waited for before the upstream is asked, of whom nothing good is known; others until they answer. */
  peersMs: 50,
  /** So often a peer may take longer to say that it has nothing. */
  waitsInVain: 100,
  /** Until a peer that was asked has answered. */
  peerAnswerMs: 2 * second,
  /** Between two looks whether a peer that is fetching it has it by now, and how long in all. */
  comingAgainMs: 60,
  comingAgainMostMs: 500,
  comingMs: 20 * second,

  // time
  /** A document is taken unasked for so long, and served while it is asked for again until then. */
  freshMs: 5 * minute,
  staleMs: day,
  /** Clients take a server for dead that sends no head within 30 s. */
  headMs: 25 * second,
  /** An upstream that sends nothing for so long, once it has begun, has failed. */
  upstreamIdleMs: 10 * second,
  /** The keys of a registry are asked for again after so long, and after a failure, or where one is missing; the first document waits for them so long. */
  keysFreshMs: day,
  keysAgainMs: minute,
  keysMs: 3 * second,
  /** Making a document out of archives of peers ends after so long, and so long after the client asked; so long it is not made again. */
  fromPeersMs: 20 * second,
  fromPeersByMs: 27 * second,
  fromPeersFreshMs: minute,
  upstreamConnections: 64,
})

assert(
  NPM_LIMITS.askedTarballs * 66 + NPM_LIMITS.askedDocuments * (NPM_LIMITS.sourceBytes + NPM_LIMITS.nameBytes + 24) + 64 < LIMITS.questionBytes,
  'the largest question must fit',
)
assert(NPM_LIMITS.enclosedTarballBytes <= LIMITS.enclosedBytes, 'what is enclosed fits')
const heldVersionBytes = NPM_LIMITS.heldVersionBytes + NPM_LIMITS.heldIntegrityBytes + 64
  + NPM_LIMITS.heldSignatures * (NPM_LIMITS.heldKeyIdBytes + NPM_LIMITS.heldSignatureBytes + 8)
const heldDocumentBytes = NPM_LIMITS.heldVersions * heldVersionBytes + NPM_LIMITS.heldKeysBytes + 64
assert(
  NPM_LIMITS.askedTarballs * 50 + NPM_LIMITS.askedDocuments * heldDocumentBytes + LIMITS.enclosedBytes < LIMITS.messageBytes, 'the largest answer must fit',
)
assert(NPM_LIMITS.askedTarballs <= NPM_LIMITS.tarballsPerSecond, 'the largest question must be within what a peer may ask')
assert(NPM_LIMITS.copiesEveryMs < NPM_LIMITS.leaseAgainMs && 2 * NPM_LIMITS.leaseAgainMs < NPM_LIMITS.leaseMs, 'leases are renewed well before they end')
