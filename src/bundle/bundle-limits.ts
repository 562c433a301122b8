const KiB = 1024
const MiB = 1024 * KiB

/** Every bound on what a bundle may hold, and on what reading one may cost. */
export const BUNDLE_LIMITS = Object.freeze({
  /** Of what a bundle says of itself; it is held in memory. */
  contentsBytes: 64 * MiB,
  /** Of npm registries and of the network together. */
  packages: 50_000,
  /** Registries that the packages come from. */
  registries: 64,
  /** Of one archive. */
  archiveBytes: 512 * MiB,
  /** Of what is signed of one package of the network, and of all: it is held in memory until everything else is known to be right. */
  recordsBytes: 16 * MiB,
  allRecordsBytes: 64 * MiB,
  /** Lock files that a bundle may be made of at once, and of all of them. */
  lockfiles: 64,
  lockfilesChars: 64 * MiB,
  /** Archives that are brought at the same time. */
  bringing: 16,
  /** Documents that are read at the same time: some are large. */
  describing: 4,
  /** Packages that an error names. */
  namedPackages: 20,
})
