export { Bandwidth, type Direction, type Lane, type Rates } from './bandwidth.ts'
export { type KeptLimits, keepLimits, type LimitsFile } from './keep-limits.ts'
export { downloadPace, type Pace, uploadPace } from './pace.ts'
