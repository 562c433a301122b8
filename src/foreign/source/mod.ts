export { openForeignSource, type SourcePlaces } from './open-source.ts'
