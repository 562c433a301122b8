export { assertOwnSocket } from './assert-own-socket.ts'
export { claimSocket } from './claim-socket.ts'
