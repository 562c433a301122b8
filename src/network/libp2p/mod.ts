export { hostOfAddress, isNearby } from './address-scope.ts'
export type { AnchorFile } from './anchors.ts'
export { generatePeerKey, joinNetwork, type JoinOptions, peerIdOfKey } from './join.ts'
