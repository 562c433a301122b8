import { type IdentityId, LIMITS, type PackageName } from '#core'
import { type BlockedSubject, type FollowedPublisher, type SeenPackage, tooManyBlocked, tooManyFollowed, type TrustMemory } from '#store'
import type { Database } from './database.ts'

/**
 * The tables of the trust file that remember packages, and publishers that are followed or blocked. What was seen of a package is one JSON text: it is
 * read as a whole.
 */
export class TrustMemoryTables implements TrustMemory {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  seen(identity: IdentityId, name: PackageName): SeenPackage | undefined {
    const row = this.#database.get<{ seen: string }>('SELECT seen FROM seen_packages WHERE identity = ? AND name = ?', identity, name)
    if (row === undefined) return undefined
    try {
      return { identity, name, ...(JSON.parse(row.seen) as Pick<SeenPackage, 'heads' | 'last'>) }
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#database.damage('what was seen of a package')
      throw error
    }
  }

  putSeen({ identity, name, heads, last }: SeenPackage): void {
    const sql = 'INSERT OR REPLACE INTO seen_packages (identity, name, seen) VALUES (?, ?, ?)'
    this.#database.run(sql, identity, name, JSON.stringify({ heads, last }))
  }

  followed(): FollowedPublisher[] {
    return this.#database.all<FollowedPublisher>('SELECT identity, since FROM followed ORDER BY since, identity').map((row) => ({ ...row }))
  }

  follow({ identity, since }: FollowedPublisher): void {
    this.#database.transact(() => {
      this.#database.run('INSERT OR REPLACE INTO followed (identity, since) VALUES (?, ?)', identity, since)
      const followed = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM followed')
      if ((followed?.count ?? 0) > LIMITS.followedPublishers) throw tooManyFollowed()
    })
  }

  unfollow(identity: IdentityId): boolean {
    return this.#database.run('DELETE FROM followed WHERE identity = ?', identity) > 0
  }

  blocked(): BlockedSubject[] {
    const rows = this.#database.all<BlockedRow>('SELECT identity, name, why, since FROM blocked ORDER BY since, identity, name')
    return rows.map(({ identity, name, why, since }) => ({ identity, ...(name !== '' && { name }), ...(why !== null && { why }), since }))
  }

  block({ identity, name = '' as PackageName, why, since }: BlockedSubject): void {
    this.#database.transact(() => {
      this.#database.run('INSERT OR REPLACE INTO blocked (identity, name, why, since) VALUES (?, ?, ?, ?)', identity, name, why ?? null, since)
      const blocked = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM blocked')
      if ((blocked?.count ?? 0) > LIMITS.blockedSubjects) throw tooManyBlocked()
    })
  }

  unblock(identity: IdentityId, name: PackageName | undefined): boolean {
    return this.#database.run('DELETE FROM blocked WHERE identity = ? AND name = ?', identity, name ?? '') > 0
  }
}

interface BlockedRow {
  readonly identity: IdentityId
  /** Empty: everything of that publisher. */
  readonly name: PackageName | ''
  readonly why: string | null
  readonly since: number
}
