export { backFromDoor, DOOR_LOCKFILES, type DoorPackage, packagesFromDoor, type ThroughDoor, throughDoor, withoutDoor } from './door-addresses.ts'
export type { LockedPackage } from './locked-package.ts'
export { LOCKFILE_LIMITS } from './lockfile-limits.ts'
export { LOCKFILE_NAMES, type LockfileContents, type LockfileFormat, parseLockfile } from './parse-lockfile.ts'
