export { generatePeerKey, joinNetwork, type JoinOptions } from './join.ts'
