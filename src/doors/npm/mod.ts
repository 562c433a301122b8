export { lazyNpmDoor, type LazyNpmDoorParts } from './lazy-npm-door.ts'
export { isForNpm, NPM_PREFIX, npmDoor, type NpmDoorParts } from './npm-door.ts'
