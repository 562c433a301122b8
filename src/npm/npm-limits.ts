const KiB = 1024
const MiB = 1024 * KiB

/** Every bound on what registries, their clients and files of theirs may make this program do. */
export const NPM_TEXT_LIMITS = Object.freeze({
  nameChars: 214,
  versionChars: 256,
  /** Of one `integrity`, which may name several hashes. */
  integrityChars: 2048,
  integrityHashes: 16,
  rangeChars: 256,
  addressChars: 2048,
  /** Of one `.npmrc` or `.yarnrc.yml`. */
  settingsChars: 1 * MiB,
  tokenChars: 8 * KiB,
  /** Of the list of keys that a registry signs with. */
  keysChars: 256 * KiB,
  keys: 64,
  keyIdChars: 256,
  /** Of one version; each is looked at. */
  signatures: 16,
  /** Of one signature: what P-256 gives is 96 at most. */
  signatureChars: 256,
})
