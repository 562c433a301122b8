export { Bandwidth, type Direction, type Lane, type Rates } from './bandwidth.ts'
export { type KeptLimits, keepLimits, type LimitsFile } from './keep-limits.ts'
export { downloadPace, inSlices, uploadPace, type UploadPace } from './pace.ts'
