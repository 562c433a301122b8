import type { Clock, Sha512 } from '#core'
import type { BlobStore, KeptArchive, KeptArchives, NpmRecords } from '#store'

export interface KeptLockfileParts {
  readonly records: NpmRecords
  readonly blobs: Pick<BlobStore, 'size'>
  readonly kept: KeptArchives
  readonly clock: Clock
}

/** What a lock file keeps here. */
export interface KeptLockfile {
  readonly archives: number
  readonly bytes: number
  /** What is not here, and so not kept. */
  readonly missing: readonly Sha512[]
}

/** Reasons of archives that lock files keep begin so. */
const LOCK = 'lock '

/** The archives that stay because lock files need them. */
export class KeptLockfiles {
  readonly #parts: KeptLockfileParts

  constructor(parts: KeptLockfileParts) {
    this.#parts = parts
  }

  /** From now on a lock file keeps exactly these, as far as they are here. Throws `too-busy` where too much is kept. */
  async keep(path: string, tarballs: readonly Sha512[]): Promise<KeptLockfile> {
    const { records, blobs, kept, clock } = this.#parts
    const [held, missing]: [KeptArchive[], Sha512[]] = [[], []]
    for (const sha512 of new Set(tarballs)) {
      const known = records.tarball(sha512)
      if (known !== undefined && (await blobs.size(known.digest)) === known.sizeBytes) held.push({ digest: known.digest, sha512, sizeBytes: known.sizeBytes })
      else missing.push(sha512)
    }
    kept.put(LOCK + path, held, clock.now())
    return { archives: held.length, bytes: held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), missing }
  }

  /** Everything that is kept, for lock files and for peers. */
  all(): readonly { readonly lockfile?: string; readonly peer?: string; readonly archives: number; readonly bytes: number; readonly since: number }[] {
    return this.#parts.kept.reasons().map(({ reason, ...counts }) => {
      const of = reason.slice(reason.indexOf(' ') + 1)
      return { ...(reason.startsWith(LOCK) ? { lockfile: of } : { peer: of }), ...counts }
    })
  }

  /** A lock file keeps nothing any more; false: it kept nothing. */
  drop(path: string): boolean {
    return this.#parts.kept.drop(LOCK + path)
  }
}
