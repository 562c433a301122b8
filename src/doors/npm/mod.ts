export { lazyNpmDoor, type LazyNpmDoorParts } from './lazy-npm-door.ts'
export type { Handed, PublishDesk } from './publish-desk.ts'
export type { Upload } from './read-upload.ts'
export { isForNpm, NPM_PREFIX, npmDoor, type NpmDoorParts } from './npm-door.ts'
