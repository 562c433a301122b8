const KiB = 1024
const MiB = 1024 * KiB

/** Every bound on what a lock file may make this program do. */
export const LOCKFILE_LIMITS = Object.freeze({
  /** Of one file. Those of large projects have some millions. */
  fileChars: 32 * MiB,
  /** Of a line in a file that is read line by line. */
  lineChars: 256 * KiB,
  /** Of an archive; a longer one is as good as none. */
  addressChars: 2048,
  /** Of one file, besides those that are left out. */
  packages: 200_000,
})
