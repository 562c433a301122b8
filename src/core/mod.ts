export { CENTRAL_LIMITS } from './central-limits.ts'
export type { Anchor } from './anchor.ts'
export type { AccessRecords } from './access-records.ts'
export { type AllowedPeer, type Ban, type BanSubject, parseBanSubject } from './ban.ts'
export type { Brand } from './brand.ts'
export { BufferPool } from './buffer-pool.ts'
export type { Clock, Random } from './clock.ts'
export { type Digest, digestBytes, digestFromBytes, digestOf, Fingerprinter, type Fingerprint, parseDigest, type Sha512, sha512FromBytes } from './digest.ts'
export { type Dependency, DEPENDENCY_KINDS, type DependencyKind } from './dependency.ts'
export type { DatedClaim, DomainAnswer, DomainAnswers, DomainClaim, DomainMemory, KnownDomain } from './domain.ts'
export { type ErrorCode, type ErrorKind, ERRORS, type ExitCode, GgenError, isErrorCode, isGgenError, toGgenError } from './errors.ts'
export {
  type Advice, type Block, type DomainReport, type Evidence, type NameClaim, type NameVerdict, PIN_ORIGINS, type PinOrigin, type TrustReport,
} from './evidence.ts'
export { Events, type GgenEvent, type OpSource, type TransferProgress } from './events.ts'
export { FINISHED } from './finished.ts'
export type { FreshnessEvidence } from './freshness.ts'
export { dottedIPv4, groupsOfIPv6, isIPv4, isIPv6, plainHost, prefixOfHost } from './ip.ts'
export { LIMITS } from './limits.ts'
export { KNOWN_BECAUSE, type KnownBecause, LOOK_ALIKE_KINDS, type LookAlike, type LookAlikeKind, lookAlikeText } from './look-alike.ts'
export { type Multiaddr, parseMultiaddr, parsePeer, peerOfMultiaddr } from './multiaddr.ts'
export { type DropNews, type MissedNews, type News, NEWS_TYPES, type NewsType, type PackageNews, type StatusNews } from './news.ts'
export {
  type AdvisoryBody, type AdvisoryOp, type Artifact, type ChainOp, type EndorseBody, type EndorsementLevel, ENDORSEMENT_LEVELS, type EndorseOp, type FeedOp,
  type GenesisOp, isChainOp, isFeedOp, isOpinion, isTagName, type Mirror,
  type Op, type OpinionOp, type ReleaseBody, type ReleaseKey, type ReleaseOp, type Revocation, type Role,
  type Roles, type RolesOp, SEVERITIES, type Severity, STATUS_STATES, type StatusBody, type StatusOp, type StatusState, type Summary,
  type TagWord,
} from './op.ts'
export { type IdentityId, isOpId, type OpId, opIdHash, opIdOfHash, parseIdentityId, type PublicKey, shortIdentity } from './op-id.ts'
export { isPackageName, type PackageName, parsePackageName } from './package-name.ts'
export { type PackageSpec, parsePackageSpec } from './package-spec.ts'
export { pieceCount, pieceRange, PieceSet } from './pieces.ts'
export { NewsQueue } from './news-queue.ts'
export { type AskedRegistries, type OneRegistry, parseRegistryAddress, parseServerAddress } from './asked-registries.ts'
export { type Giver, isPeer, type RegistryId, registryIdOf } from './giver.ts'
export { networkOf } from './network-of.ts'
export { isPeerId, parsePeerId, type PeerId } from './peer-id.ts'
export { type NetworkTuning, USUAL_TUNING } from './network-tuning.ts'
export { parseDuration, parseRate, parseSize } from './quantity.ts'
export { NPM_LIMITS } from './npm-limits.ts'
export { readBounded } from './read-bounded.ts'
export { REGISTRY_LIMITS } from './registry-limits.ts'
export { TEAM_LIMITS } from './team-limits.ts'
export {
  type AdvisoryStatement, type EndorseStatement, type OpinionStatement, type RevokedKey, type RolesChange, type RolesStatement, type Statement,
  statementOf, type StatusStatement,
} from './statement.ts'
export type { BandwidthLimits, LimitsChange, Origin, Proof, Receipt, SourceShare, TransferReport, Urgency } from './transfer.ts'
export type { PeerShare, ServedFrom, ServedTarball } from './served-tarball.ts'
export { speakerFor } from './speaker-for.ts'
export type { Voucher } from './voucher.ts'
export { isVersion, parseVersion, type Version, versionSlot } from './version.ts'
