export { type NodeOptions, openNode, type OpenNode } from './open-node.ts'
