export { mirrorId, openMirror } from './open-mirror.ts'
export { openForeignSource, type SourcePlaces } from './open-source.ts'
