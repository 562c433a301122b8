export type { LimitsView } from './limits-view.ts'
export type { AccessView, NetworkView, PeerView } from './network-view.ts'
export { type ControlDoor, type ControlOptions, serveControl } from './serve-control.ts'
