export type { Credentials } from './credentials.ts'
export { type FormJob, type MadeForm, makeForm, type TarballsAt } from './document-forms.ts'
export {
  digestIn, HASH_ALGORITHMS, type HashAlgorithm, type Integrity, IntegrityChecker, integrityOfHashes, matchesIntegrity, parseIntegrity, parseShasum, sha512Of,
  shasumIn, strongestIn,
} from './integrity.ts'
export { type OtherRegistry, otherRegistries, PROJECT_SETTINGS } from './named-registries.ts'
export { routeOf } from './name-routes.ts'
export { isNpmName, type NpmName, parseNpmName, scopeOf, unscopedName } from './npm-name.ts'
export { type NpmSettings, type NpmSettingsSources, readNpmSettings } from './npm-settings.ts'
export { type NpmSpec, parseNpmSpec } from './npm-spec.ts'
export { isNpmVersion, type NpmVersion, parseNpmVersion } from './npm-version.ts'
export { type Npmrc, type NpmVariables, parseNpmrc } from './npmrc.ts'
export type { ChangedSettings, SettingsChange } from './own-edits.ts'
export { type NamedRegistry, registriesInNpmrc, registriesInYarnrc, type WhoseRegistries } from './registries-in.ts'
export { keyIdOf, parseRegistryKeys, type RegistryKey, writeRegistryKeys } from './registry-keys.ts'
export { type MadePackage, type MadeVersion, makeDocument, tagsOf } from './made-document.ts'
export { type SignedVersion, type VersionSignature, verifyVersion, type VersionVerdict } from './registry-signatures.ts'
export { type RenewedKeys, renewKeys } from './renew-keys.ts'
export { Secret } from './secret.ts'
export { type DoorSettings, setUpNpmrc, takeOutNpmrc } from './set-up-npmrc.ts'
export { setUpYarnrc, takeOutYarnrc } from './set-up-yarnrc.ts'
export { makeSigningKey, parseSigningKey, type SigningKey, signVersion, toRegistryKey, writeSigningKey } from './signing-key.ts'
export { isLoopback, isOneOf, parseUpstreamAddress, type UpstreamAddress } from './upstream-address.ts'
export {
  abbreviate, type Distribution, isVersionManifest, modifiedAt, type PackageDocument, readPackageDocument, tarballPath, type VersionManifest, withTarballsAt,
} from './package-document.ts'
export { decodeIndex, encodeIndex, type IndexedVersion, indexVersions, type VersionIndex, versionOfFile } from './version-index.ts'
export { type CheckedDocument, type ForgedVersion, judgeVersion, signaturesOf, signedIntegrityOf, withoutForged } from './without-forged.ts'
