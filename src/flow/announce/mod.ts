export { announceOps } from './announce-ops.ts'
export { type Judged, listenForOps, type ListenParts } from './listen-ops.ts'
