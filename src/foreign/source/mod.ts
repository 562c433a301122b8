export { openKindMemory } from './kind-memory.ts'
export { mirrorId, openMirror } from './open-mirror.ts'
export { packCopies, type PackPlaces } from './pack-copies.ts'
export { openForeignSource, type SourcePlaces } from './open-source.ts'
