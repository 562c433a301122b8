import type { Clock, Sha512 } from '#core'
import type { BlobStore, KeptArchive, KeptArchives, NpmRecords } from '#store'
import type { Copies, CopyWish, KeepingAtOthers, SeenHealth } from './keeping-at-others.ts'
import { FOR, LOCK } from './kept-reasons.ts'

export interface KeptLockfileParts {
  readonly records: NpmRecords
  readonly blobs: Pick<BlobStore, 'size'>
  readonly kept: KeptArchives
  readonly clock: Clock
  /** Looks after the copies on other nodes. */
  readonly copies: Pick<KeepingAtOthers, 'recruit' | 'letGo' | 'healthOf'>
}

/** What a lock file keeps here. */
export interface KeptLockfile {
  readonly archives: number
  readonly bytes: number
  /** What is not here, and so not kept. */
  readonly missing: readonly Sha512[]
}

/** What stays for a lock file or for a peer. */
export interface KeptOne {
  readonly lockfile?: string
  readonly peer?: string
  readonly archives: number
  readonly bytes: number
  /** Unix milliseconds. */
  readonly since: number
  /** Of a lock file: copies that are wanted on other nodes, and what was seen of them last; absent: nobody has looked since the start. */
  readonly copies?: { readonly wanted: number; readonly seen?: SeenHealth }
}

/** The archives that stay because lock files need them, here and at others. */
export class KeptLockfiles {
  readonly #parts: KeptLockfileParts

  constructor(parts: KeptLockfileParts) {
    this.#parts = parts
  }

  /**
   * From now on a lock file keeps exactly these, as far as they are here, and wants so many copies of each on other nodes. Throws `too-busy` where too much is
   * kept.
   */
  async keep(path: string, { tarballs, replicas }: { readonly tarballs: readonly Sha512[]; readonly replicas: number }): Promise<KeptLockfile> {
    const { records, blobs, kept, clock, copies } = this.#parts
    const [held, missing]: [KeptArchive[], Sha512[]] = [[], []]
    for (const sha512 of new Set(tarballs)) {
      const known = records.tarball(sha512)
      if (known !== undefined && (await blobs.size(known.digest)) === known.sizeBytes) held.push({ digest: known.digest, sha512, sizeBytes: known.sizeBytes })
      else missing.push(sha512)
    }
    const before = kept.of(LOCK + path)
    kept.put(LOCK + path, held, { since: clock.now(), copies: replicas })
    const now = new Set(held.map(({ sha512 }) => sha512))
    const gone = before.map(({ sha512 }) => sha512).filter((sha512) => !now.has(sha512))
    if (gone.length > 0) copies.letGo(gone)
    return { archives: held.length, bytes: held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), missing }
  }

  /** Has peers of a private network keep what a lock file keeps; nobody elsewhere is asked. Throws as `KeepingAtOthers.recruit`. */
  async recruit(path: string, wish: CopyWish): Promise<Copies> {
    return await this.#parts.copies.recruit(LOCK + path, wish)
  }

  /** Everything that is kept, for lock files and for peers. */
  all(): readonly KeptOne[] {
    const { kept, copies: atOthers } = this.#parts
    return kept.reasons().map(({ reason, copies, ...counts }) => {
      if (!reason.startsWith(LOCK)) return { peer: reason.slice(FOR.length), ...counts }
      const seen = atOthers.healthOf(reason)
      return { lockfile: reason.slice(LOCK.length), ...counts, copies: { wanted: copies, ...(seen !== undefined && { seen }) } }
    })
  }

  /** A lock file keeps nothing any more, here and at others; false: it kept nothing. */
  drop(path: string): boolean {
    const { kept, copies } = this.#parts
    const before = kept.of(LOCK + path)
    const wasKept = kept.drop(LOCK + path)
    if (wasKept) copies.letGo(before.map(({ sha512 }) => sha512))
    return wasKept
  }
}
