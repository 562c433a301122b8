import { type IdentityId, LIMITS, type OpId, opIdHash, type PackageName } from '#core'
import type { Database } from './database.ts'

const KEY_OF = 'SELECT key FROM ops WHERE id = ?'
/** The first op of a package that came; its index holds the keys in order. */
const FIRST_OF =
  `SELECT min(ops.key) AS key FROM ops WHERE package =
    (SELECT packages.key FROM packages JOIN identities ON identities.key = packages.identity WHERE identities.id = ? AND name = ?)`

/** Moments at which this node was in step with others, each with the last op that it had then: what came later was not there yet. */
export class StepMarks {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Notes a moment, Unix milliseconds; lets go those that are old, and those that a wrong clock put into the future. */
  note(now: number): void {
    this.#database.run('DELETE FROM steps WHERE at < ? OR at > ?', now - LIMITS.stepsMs, now)
    const newest = this.#database.get<{ at: number | null }>('SELECT max(at) AS at FROM steps')?.at ?? -Infinity
    if (now - newest < LIMITS.stepEveryMs) return
    const last = this.#database.get<{ key: number | null }>('SELECT max(key) AS key FROM ops')?.key ?? 0
    this.#database.run('INSERT INTO steps (at, last) VALUES (?, ?)', now, last)
  }

  /** The latest noted moment at which something of the package was here, and the op was not. */
  lastWithout(op: OpId, { identity, name }: { readonly identity: IdentityId; readonly name: PackageName }): number | undefined {
    const key = this.#database.get<{ key: number }>(KEY_OF, opIdHash(op))?.key
    const first = this.#database.get<{ key: number | null }>(FIRST_OF, opIdHash(identity), name)?.key
    if (key === undefined || first === undefined || first === null) return undefined
    return this.#database.get<{ at: number | null }>('SELECT max(at) AS at FROM steps WHERE last >= ? AND last < ?', first, key)?.at ?? undefined
  }
}
