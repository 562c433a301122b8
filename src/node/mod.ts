export { type NpmConfiguration, NpmSources } from './npm-sources.ts'
export type { OpenNpm } from './offer-npm.ts'
export { openRegistries } from './open-registries.ts'
export { type NodeOptions, openNode, type OpenNode } from './open-node.ts'
