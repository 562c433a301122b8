export { Breaker } from './breaker.ts'
export { CachedRegistry } from './cached-registry.ts'
export { type CentralParts, CentralRegistry } from './central-registry.ts'
export { type Cause, causesJson, causesText, isFailure, mayAskOthers, nobodyAnswered } from './failures.ts'
export { GuardedRegistry } from './guarded-registry.ts'
export type { HttpAnswer, HttpBody, HttpClient, HttpQuestion } from './http-client.ts'
export { type Consultation, type Hear, HybridRegistry, type HybridSource } from './hybrid-registry.ts'
export { LocalRegistry, type LocalParts } from './local-registry.ts'
export { type P2pParts, P2pRegistry } from './p2p-registry.ts'
export { Upstream, type UpstreamOptions } from './upstream.ts'
export { readVersions } from './read-versions.ts'
export {
  type Delivery, NO_RECORDS, type Publication, type Records, type Registry, type RegistryBlob, type RegistryQuery, type RegistryStatus, type RegistryVersion,
} from './registry.ts'
