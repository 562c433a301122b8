export { type ConnectedRegistry, type ConnectOptions, connectRegistry } from './connect-registry.ts'
export type { DhtOperations, PutReport, SignedRecord } from './dht-operations.ts'
export { type HybridConfig, HybridRegistry } from './hybrid-registry.ts'
export type { P2PConfig, P2PTrust, RegistryChoice } from './p2p-config.ts'
export type { P2PEvent, P2PEventOrGap } from './p2p-events.ts'
export type { BootstrapReport } from './connect-all.ts'
export { type ListeningNode, P2PRegistry } from './p2p-registry.ts'
export { P2PRegistryBuilder } from './p2p-registry-builder.ts'
export type { PackageRegistry, SubscribeOptions } from './package-registry.ts'
export { createTestnet, type Testnet, type TestnetOptions } from './testnet.ts'
export type {
  CallOptions, FetchedPackage, FetchOptions, FoundPackage, InstalledPackage, NewPublisher, PackageConditions, PackageDetails, PackageDraft, PeerEntry,
  PublishOptions, PublishReceipt, PublishTarget, RegistryStats, SearchAnswer, SearchOptions, VersionEntry,
} from './types.ts'
export {
  type Digest, type ErrorCode, GgenError, type IdentityId, isGgenError, type MissedNews, type Multiaddr, type News, type NewsType, type OpId,
  type PackageName, type PeerId, type Version,
} from '#core'
