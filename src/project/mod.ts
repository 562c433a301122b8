export { diskFolder } from './disk-folder.ts'
export { diskInstall } from './disk-install.ts'
export { packagePath, placesOf, type ProjectPlaces, readLockText } from './project-places.ts'
