export { isFollowed, type PackageKey, readSeedPolicy, type SeedPolicy, type SeedSettings } from './seed-policy.ts'
