export type { AnchorFile } from './anchors.ts'
export { generatePeerKey, joinNetwork, type JoinOptions } from './join.ts'
