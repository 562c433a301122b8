export type { Reluctance } from './recruiting.ts'
export { replicate, type ReplicateParts, type ReplicaWish, type Replication } from './replicate.ts'
export { type PackageKey, readSeedPolicy, type SeedPolicy, type SeedSettings } from './seed-policy.ts'
export { Seeder, type SeedParts } from './seeder.ts'
