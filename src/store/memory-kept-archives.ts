import { type Digest, NPM_LIMITS, type Sha512 } from '#core'
import type { KeptArchive, KeptArchives, KeptFor, KeptTerms } from './kept-archives.ts'
import { tooManyKept } from './refusals.ts'
import { setIn, type UndoLog } from './undo-log.ts'

interface Said extends KeptArchive {
  readonly since: number
}

interface Reason {
  readonly archives: ReadonlyMap<Digest, Said>
  readonly copies: number
}

const mapOf = (archives: readonly Said[]): ReadonlyMap<Digest, Said> => new Map(archives.map((one) => [one.digest, one]))

/** The part of the trust store in memory that is about archives of npm packages; `assertOpen` throws once that is closed. */
export class MemoryKeptArchives implements KeptArchives {
  readonly #undo: UndoLog
  readonly #assertOpen: () => void
  readonly #reasons = new Map<string, Reason>()

  constructor(undo: UndoLog, assertOpen: () => void) {
    this.#undo = undo
    this.#assertOpen = assertOpen
  }

  put(reason: string, archives: readonly KeptArchive[], { since, copies }: KeptTerms): void {
    this.#set(reason, { archives: mapOf(archives.map((one) => ({ ...one, since }))), copies })
  }

  add(reason: string, archives: readonly KeptArchive[], since: number): void {
    const known = this.#reasons.get(reason)
    const more = archives.map((one) => ({ ...one, since }))
    this.#set(reason, { archives: mapOf([...(known?.archives.values() ?? []), ...more]), copies: known?.copies ?? 0 })
  }

  drop(reason: string): boolean {
    const wasKept = this.#reasons.has(reason)
    this.#leave(reason, () => false)
    return wasKept
  }

  remove(reason: string, archives: readonly Sha512[]): void {
    const gone = new Set(archives)
    this.#leave(reason, ({ sha512 }) => !gone.has(sha512))
  }

  lapse(prefix: string, before: number): void {
    for (const reason of this.#reasons.keys()) if (reason.startsWith(prefix)) this.#leave(reason, ({ since }) => since >= before)
  }

  reasons(): readonly KeptFor[] {
    this.#assertOpen()
    const all = [...this.#reasons].map(([reason, { archives, copies }]) => {
      const said = [...archives.values()]
      const bytes = said.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      return { reason, archives: archives.size, bytes, since: said.reduce((last, { since }) => Math.max(last, since), 0), copies }
    })
    return all.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))
  }

  of(reason: string): readonly KeptArchive[] {
    this.#assertOpen()
    const all = [...(this.#reasons.get(reason)?.archives.values() ?? [])].map(({ digest, sha512, sizeBytes }) => ({ digest, sha512, sizeBytes }))
    return all.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
  }

  since(reason: string, digest: Digest): number | undefined {
    this.#assertOpen()
    return this.#reasons.get(reason)?.archives.get(digest)?.since
  }

  has(digest: Digest): boolean {
    this.#assertOpen()
    return [...this.#reasons.values()].some(({ archives }) => archives.has(digest))
  }

  #leave(reason: string, stays: (one: Said) => boolean): void {
    const known = this.#reasons.get(reason)
    this.#set(reason, { archives: mapOf([...(known?.archives.values() ?? [])].filter(stays)), copies: known?.copies ?? 0 })
  }

  #set(reason: string, kept: Reason): void {
    this.#assertOpen()
    const others = [...this.#reasons].reduce((sum, [other, { archives: theirs }]) => sum + (other === reason ? 0 : theirs.size), 0)
    if (others + kept.archives.size > NPM_LIMITS.keptArchives) throw tooManyKept()
    setIn(this.#undo, this.#reasons, { key: reason, value: kept.archives.size === 0 ? undefined : kept })
  }
}
