export {
  digestIn, HASH_ALGORITHMS, type HashAlgorithm, type Integrity, IntegrityChecker, integrityOfHashes, matchesIntegrity, parseIntegrity, parseShasum, sha512Of,
  shasumIn, strongestIn,
} from './integrity.ts'
export { NPM_LIMITS } from './npm-limits.ts'
export { isNpmName, type NpmName, parseNpmName, scopeOf, unscopedName } from './npm-name.ts'
export { isNpmVersion, type NpmVersion, parseNpmVersion } from './npm-version.ts'
