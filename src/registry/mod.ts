export { LocalRegistry, type LocalParts } from './local-registry.ts'
export { readVersions } from './read-versions.ts'
export {
  type Delivery, NO_RECORDS, type Publication, type Records, type Registry, type RegistryBlob, type RegistryQuery, type RegistryStatus, type RegistryVersion,
} from './registry.ts'
