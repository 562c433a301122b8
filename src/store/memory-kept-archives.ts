import { type Digest, NPM_LIMITS } from '#core'
import type { KeptArchive, KeptArchives, KeptFor } from './kept-archives.ts'
import { tooManyKept } from './refusals.ts'
import { setIn, type UndoLog } from './undo-log.ts'

interface Reason {
  readonly archives: ReadonlyMap<Digest, KeptArchive>
  readonly since: number
}

const mapOf = (archives: readonly KeptArchive[]): ReadonlyMap<Digest, KeptArchive> => new Map(archives.map((one) => [one.digest, { ...one }]))

/** The part of the trust store in memory that is about archives of npm packages; `assertOpen` throws once that is closed. */
export class MemoryKeptArchives implements KeptArchives {
  readonly #undo: UndoLog
  readonly #assertOpen: () => void
  readonly #reasons = new Map<string, Reason>()

  constructor(undo: UndoLog, assertOpen: () => void) {
    this.#undo = undo
    this.#assertOpen = assertOpen
  }

  put(reason: string, archives: readonly KeptArchive[], since: number): void {
    this.#assertOpen()
    const kept = mapOf(archives)
    const others = [...this.#reasons].reduce((sum, [other, { archives: theirs }]) => sum + (other === reason ? 0 : theirs.size), 0)
    if (others + kept.size > NPM_LIMITS.keptArchives) throw tooManyKept()
    setIn(this.#undo, this.#reasons, { key: reason, value: kept.size === 0 ? undefined : { archives: kept, since } })
  }

  add(reason: string, archive: KeptArchive, since: number): void {
    this.put(reason, [...(this.#reasons.get(reason)?.archives.values() ?? []), archive], since)
  }

  drop(reason: string): boolean {
    this.#assertOpen()
    const wasKept = this.#reasons.has(reason)
    setIn(this.#undo, this.#reasons, { key: reason, value: undefined })
    return wasKept
  }

  reasons(): readonly KeptFor[] {
    this.#assertOpen()
    const all = [...this.#reasons].map(([reason, { archives, since }]) => {
      const bytes = [...archives.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      return { reason, archives: archives.size, bytes, since }
    })
    return all.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))
  }

  has(digest: Digest): boolean {
    this.#assertOpen()
    return [...this.#reasons.values()].some(({ archives }) => archives.has(digest))
  }
}
