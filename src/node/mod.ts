export { openRegistries } from './open-registries.ts'
export { type NodeOptions, openNode, type OpenNode } from './open-node.ts'
