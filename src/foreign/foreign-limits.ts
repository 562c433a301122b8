const MiB = 1024 * 1024

/** Every bound on what the indexes and locks of other registries may make this program do. */
export const FOREIGN_LIMITS = Object.freeze({
  /** Of an index, as it lies there. The largest real one has 0.3 MiB. */
  indexBytes: 32 * MiB,
  /** Packages of an index, and versions in all. */
  packages: 20_000,
  versions: 50_000,
  /** Of one package that another one names. */
  dependencies: 256,
  descriptionChars: 16 * 1024,
  addressChars: 2048,
  /** Of a refused entry, in a report. */
  labelChars: 140,
  redirects: 5,
  /** How often one thing is asked for, and how long the first pause is, which doubles. */
  tries: 3,
  pauseMs: 100,
  /** Between two pieces of an answer, its head included. */
  silenceMs: 30_000,
  headerBytes: 32 * 1024,
  /** Files of a folder among which an archive is looked for. */
  folderFiles: 20_000,
  /** Archives that are on their way at a time. */
  parallel: 4,
  /** What is remembered of one source. */
  logBytes: 64 * MiB,
  lockBytes: 1 * MiB,
  lockEntries: 10_000,
  /** Of a pack that is compared with a lock, in memory. */
  packBytes: 256 * MiB,
  packFiles: 20_000,
})
