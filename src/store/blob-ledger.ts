import { type Digest, LIMITS } from '#core'
import type { BlobQuota, BlobUsage, HeldBlob, SweptBlobs } from './blob-store.ts'
import { chooseVictims, type Evictable, type Eviction } from './choose-victims.ts'
import { LastUses } from './last-uses.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { partialIsOpen, quotaReached, tooManyPartials } from './refusals.ts'

/** Where the blobs are that a ledger counts. Listing and dropping never run beside each other, or beside what runs `exclusively`. */
export interface LedgerBacking {
  /** All whole blobs, with their last use as far as it was written down. */
  list(): Promise<Evictable[]>
  /** Removes one; fine when it is gone already. */
  drop(victim: Evictable): Promise<void>
  /** Throws `disk-full` when there is no room for so many bytes, whatever the quota says. */
  assertRoom(bytes: number): Promise<void>
}

/** What an unsealed blob has set aside so far. Disposing gives it back, once. */
export interface Reservation extends Disposable {
  /** Sets more aside. Throws `disk-full`, and whatever the backing throws. */
  grow(bytes: number): Promise<void>
}

/** How many of the oldest are remembered after all were looked at, so that a full store does not look at all for every blob. */
const REMEMBERED = 4096

/**
 * Who may write how many bytes: what is held, what partial blobs reserve and what unsealed blobs have so far, together never more than the
 * quota. Makes room by dropping what was used longest ago.
 */
export class BlobLedger {
  /** For what changes which blobs are held: counting, dropping and naming must not overlap. */
  readonly exclusively = oneAtATime()
  readonly #quotaBytes: number
  readonly #isKept: (digest: Digest) => boolean
  readonly #clock: { now(): number }
  readonly #backing: LedgerBacking
  readonly #makingRoom = oneAtATime()
  readonly #partials = new Map<Digest, Evictable>()
  readonly #openPartials = new Set<Digest>()
  readonly #readers = new Map<Digest, number>()
  readonly #uses = new LastUses(() => (this.#oldest = []))
  #oldest: readonly Evictable[] = []
  #held: { count: number; bytes: number } | undefined
  #partialBytes = 0
  #draftBytes = 0

  constructor(backing: LedgerBacking, { quotaBytes, isKept, clock }: BlobQuota & { readonly clock: { now(): number } }) {
    this.#backing = backing
    this.#quotaBytes = quotaBytes ?? LIMITS.blobQuotaBytes
    this.#isKept = isKept ?? (() => false)
    this.#clock = clock
  }

  async usage(): Promise<BlobUsage> {
    const { count, bytes } = this.#held ?? (await this.exclusively(async () => this.#held ?? this.#count(await this.#backing.list())))
    return { count, bytes, partialBytes: this.#partialBytes, quotaBytes: this.#quotaBytes }
  }

  /** What is held whole, and whether it is kept. */
  async list(): Promise<readonly HeldBlob[]> {
    const listed = (await this.#everything()).filter(({ kind }) => kind === 'blob')
    return listed.map(({ digest, sizeBytes }) => ({ digest, sizeBytes, isKept: this.#isKept(digest) }))
  }

  /** Drops whatever may go, or of that what is named. Throws whatever the backing throws, and the reason of the signal. */
  async sweep(signal?: AbortSignal, only: (digest: Digest) => boolean = () => true): Promise<SweptBlobs> {
    let [count, bytes] = [0, 0]
    for (const victim of await this.#everything()) {
      signal?.throwIfAborted()
      await this.#drop(victim, () => {
        const goes = only(victim.digest) && this.#isAsOld(victim) && this.#mayGo(victim)
        if (goes) bytes += victim.sizeBytes
        if (goes && victim.kind === 'blob') count++
        return goes
      })
    }
    this.#oldest = []
    return { count, bytes }
  }

  /** Begins an unsealed blob, with nothing set aside. */
  reservation(): Reservation {
    let reservedBytes = 0
    return {
      grow: async (bytes) => {
        await this.#reserve(bytes)
        reservedBytes += bytes
      },
      [Symbol.dispose]: () => {
        this.#draftBytes -= reservedBytes
        reservedBytes = 0
      },
    }
  }

  /** Takes note of a blob that has its name now, and of the size of the one that it replaced. To be called `exclusively`. */
  placed({ digest, sizeBytes, before }: { readonly digest: Digest; readonly sizeBytes: number; readonly before: number | undefined }): void {
    this.#uses.noteWritten(digest, this.#clock.now())
    if (this.#held === undefined) return
    this.#held = { count: this.#held.count + Number(before === undefined), bytes: this.#held.bytes + sizeBytes - (before ?? 0) }
  }

  /** Drops a blob whose bytes are not what its name says, kept or not, if it is there and still has to go. Throws whatever the backing throws. */
  async discard(digest: Digest, sizeNow: () => Promise<number | undefined>): Promise<void> {
    await this.exclusively(async () => {
      const sizeBytes = await sizeNow()
      if (sizeBytes !== undefined) await this.#remove({ digest, sizeBytes, usedAt: 0, kind: 'blob' })
    })
  }

  /** A blob is not dropped before this is disposed. */
  reading(digest: Digest): Disposable {
    this.#readers.set(digest, (this.#readers.get(digest) ?? 0) + 1)
    return {
      [Symbol.dispose]: () => {
        const left = (this.#readers.get(digest) ?? 0) - 1
        if (left > 0) this.#readers.set(digest, left)
        else this.#readers.delete(digest)
      },
    }
  }

  /** Takes note of a use; gives the time (Unix milliseconds) when it is worth writing down. */
  used(digest: Digest): number | undefined {
    const now = this.#clock.now()
    return this.#uses.note(digest, now) ? now : undefined
  }

  /** Whether something of a blob is set aside, open or not. */
  hasPartial(digest: Digest): boolean {
    return this.#partials.has(digest)
  }

  /** Takes note of a partial blob that an earlier process left. */
  foundPartial(digest: Digest, sizeBytes: number, usedAt: number): void {
    this.#setPartial({ digest, sizeBytes, usedAt, kind: 'partial' })
  }

  /**
   * Sets the whole size of a partial blob aside, unless an earlier try has done so. True: its bytes are there. Throws `too-busy`, `disk-full`
   * and whatever the backing throws.
   */
  async openPartial(digest: Digest, sizeBytes: number): Promise<boolean> {
    if (this.#openPartials.has(digest)) throw partialIsOpen(digest)
    this.#openPartials.add(digest)
    try {
      return await this.#claimPartial(digest, sizeBytes)
    } catch (error) {
      this.#openPartials.delete(digest)
      throw error
    }
  }

  /** Takes note of a partial blob that nobody has open any more, though its bytes stay. */
  closedPartial(digest: Digest): void {
    this.#openPartials.delete(digest)
    const partial = this.#partials.get(digest)
    if (partial !== undefined) this.#partials.set(digest, { ...partial, usedAt: this.#clock.now() })
  }

  /** Drops a partial blob for whoever has it open. Throws whatever the backing throws; then its bytes stay. */
  async discardPartial(digest: Digest): Promise<void> {
    const partial = this.#partials.get(digest)
    try {
      if (partial !== undefined) await this.#drop(partial, () => true)
    } finally {
      this.closedPartial(digest)
    }
  }

  /** Takes note of a partial blob that is gone, because it has its name now or never had a byte. */
  endedPartial(digest: Digest): void {
    this.#openPartials.delete(digest)
    this.#partialBytes -= this.#partials.get(digest)?.sizeBytes ?? 0
    this.#partials.delete(digest)
  }

  get #freeBytes(): number {
    return this.#quotaBytes - (this.#held?.bytes ?? 0) - this.#partialBytes - this.#draftBytes
  }

  async #claimPartial(digest: Digest, sizeBytes: number): Promise<boolean> {
    // What is being dropped just now is gone after this; what is claimed is not dropped.
    await this.exclusively(async () => undefined)
    const before = this.#partials.get(digest)
    if (before?.sizeBytes === sizeBytes) return true
    if (before !== undefined) await this.#drop(before, () => true)
    await this.#limitPartials()
    using reserved = this.reservation()
    await reserved.grow(sizeBytes)
    this.#setPartial({ digest, sizeBytes, usedAt: this.#clock.now(), kind: 'partial' })
    return false
  }

  async #limitPartials(): Promise<void> {
    while (Math.max(this.#partials.size, this.#openPartials.size - 1) >= LIMITS.partialBlobs) {
      const closed = [...this.#partials.values()].filter(({ digest }) => !this.#openPartials.has(digest))
      const oldest = closed.reduce<Evictable | undefined>((old, partial) => (old !== undefined && old.usedAt <= partial.usedAt ? old : partial), undefined)
      if (oldest === undefined) throw tooManyPartials()
      await this.#drop(oldest, () => !this.#openPartials.has(oldest.digest))
    }
  }

  #setPartial(partial: Evictable): void {
    this.#partialBytes += partial.sizeBytes - (this.#partials.get(partial.digest)?.sizeBytes ?? 0)
    this.#partials.set(partial.digest, partial)
  }

  async #reserve(bytes: number): Promise<void> {
    await this.#backing.assertRoom(bytes)
    if (this.#held === undefined) await this.usage()
    if (this.#freeBytes < bytes) return this.#makingRoom(() => this.#makeRoom(bytes))
    this.#draftBytes += bytes
  }

  async #makeRoom(bytes: number): Promise<void> {
    // While room is made, others may take some of it.
    while (this.#freeBytes < bytes) await this.#evict(this.#chooseAmong(this.#oldest, bytes) ?? (await this.#chooseAmongAll(bytes)))
    this.#draftBytes += bytes
  }

  async #evict({ victims, others }: Eviction): Promise<void> {
    this.#oldest = others.slice(0, REMEMBERED)
    for (const victim of victims) await this.#drop(victim, () => this.#isAsOld(victim) && this.#mayGo(victim))
  }

  #chooseAmong(candidates: readonly Evictable[], bytes: number): Eviction | undefined {
    const unused = candidates.filter((candidate) => this.#isAsOld(candidate))
    return chooseVictims(unused, bytes - this.#freeBytes, (candidate) => this.#mayGo(candidate))
  }

  /** Looking at everything also counts it again, so that there may be room without dropping anything. */
  async #chooseAmongAll(bytes: number): Promise<Eviction> {
    const chosen = this.#chooseAmong(await this.#everything(), bytes)
    if (chosen === undefined) throw quotaReached(bytes - this.#freeBytes, this.#quotaBytes)
    return chosen
  }

  async #everything(): Promise<Evictable[]> {
    const blobs = await this.exclusively(async () => {
      const listed = await this.#backing.list()
      this.#count(listed)
      return listed
    })
    return [...blobs.map((blob) => ({ ...blob, usedAt: this.#usedAt(blob) ?? blob.usedAt })), ...this.#partials.values()]
  }

  async #drop(victim: Evictable, mayStill: () => boolean): Promise<void> {
    await this.exclusively(async () => {
      if (mayStill()) await this.#remove(victim)
    })
  }

  /** To be called `exclusively`. */
  async #remove(victim: Evictable): Promise<void> {
    await this.#backing.drop(victim)
    if (victim.kind === 'partial') {
      this.#partialBytes -= this.#partials.get(victim.digest)?.sizeBytes ?? 0
      this.#partials.delete(victim.digest)
      return
    }
    this.#uses.forget(victim.digest)
    if (this.#held !== undefined) this.#held = { count: this.#held.count - 1, bytes: this.#held.bytes - victim.sizeBytes }
  }

  #isAsOld(candidate: Evictable): boolean {
    return this.#usedAt(candidate) === candidate.usedAt
  }

  /** The last use of what is still there, as far as this process saw it. */
  #usedAt({ digest, kind, usedAt }: Evictable): number | undefined {
    return kind === 'partial' ? this.#partials.get(digest)?.usedAt : (this.#uses.at(digest) ?? usedAt)
  }

  #mayGo({ digest, kind }: Evictable): boolean {
    return !(kind === 'partial' ? this.#openPartials : this.#readers).has(digest) && !this.#isKept(digest)
  }

  #count(blobs: readonly Evictable[]): { count: number; bytes: number } {
    this.#held = { count: blobs.length, bytes: blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
    return this.#held
  }
}
