import { LIMITS } from '#core'
import { diskNearlyFull } from '#store'
import type { FileSystem } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

const LOOK_EVERY_MS = 30_000

export interface DiskRoomOptions {
  readonly folder: string
  /** What stays free of the disk. */
  readonly reserveBytes?: number
  readonly clock: { now(): number }
}

/** Sees to it that blobs do not take the last of a disk. Looks rarely: in between it counts what was granted. */
export class DiskRoom {
  readonly #files: FileSystem
  readonly #options: DiskRoomOptions
  readonly #reserveBytes: number
  #lookedAt = Number.NEGATIVE_INFINITY
  #leftBytes = 0

  constructor(files: FileSystem, options: DiskRoomOptions) {
    this.#files = files
    this.#options = options
    this.#reserveBytes = options.reserveBytes ?? LIMITS.diskReserveBytes
  }

  /** Throws `disk-full` when the disk would have less than its reserve after so many bytes, and `store-broken`. */
  async assertRoom(bytes: number): Promise<void> {
    const isOld = Math.abs(this.#options.clock.now() - this.#lookedAt) > LOOK_EVERY_MS
    if (isOld || this.#leftBytes < bytes) await this.#look()
    if (this.#leftBytes < bytes) throw diskNearlyFull(this.#leftBytes + this.#reserveBytes, this.#reserveBytes)
    this.#leftBytes -= bytes
  }

  async #look(): Promise<void> {
    const { folder, clock } = this.#options
    const { blocks, bavail, bsize } = await onDisk(folder, () => this.#files.statfs(folder))
    // Some network file systems know no numbers.
    this.#leftBytes = blocks === 0 ? Number.MAX_SAFE_INTEGER : bavail * bsize - this.#reserveBytes
    this.#lookedAt = clock.now()
  }
}
