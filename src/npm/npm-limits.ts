/** Every bound on what registries, their clients and files of theirs may make this program do. */
export const NPM_LIMITS = Object.freeze({
  nameChars: 214,
  versionChars: 256,
  /** Of one `integrity`, which may name several hashes. */
  integrityChars: 2048,
  integrityHashes: 16,
})
