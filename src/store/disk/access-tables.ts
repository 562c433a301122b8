import { type AccessRecords, type AllowedPeer, type Ban, type BanSubject, LIMITS, type PeerId } from '#core'
import type { Database } from './database.ts'

interface BanRow {
  readonly subject: BanSubject
  readonly reason: string
  readonly made_by: Ban['by']
  readonly since: number
  readonly for_ms: number | null
  readonly count: number
}

const EXCESS = "SELECT position FROM bans WHERE made_by = 'node' ORDER BY position LIMIT max(0, (SELECT count(*) FROM bans) - ?)"

/** Whom this node has banned, and whom its user allows, in two tables. */
export class AccessTables implements AccessRecords {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  bans(): readonly Ban[] {
    const rows = this.#database.all<BanRow>('SELECT subject, reason, made_by, since, for_ms, count FROM bans ORDER BY position')
    return rows.map(({ made_by: by, for_ms: forMs, ...row }) => ({ ...row, by, ...(forMs !== null && { forMs }) }))
  }

  putBan({ subject, reason, by, since, forMs, count }: Ban): void {
    this.#database.transact(() => {
      this.removeBan(subject)
      this.#database.run(
        'INSERT INTO bans (subject, reason, made_by, since, for_ms, count) VALUES (?, ?, ?, ?, ?, ?)', subject, reason, by, since, forMs ?? null, count,
      )
      this.#database.run(`DELETE FROM bans WHERE position IN (${EXCESS})`, LIMITS.bans)
    })
  }

  removeBan(subject: BanSubject): void {
    this.#database.run('DELETE FROM bans WHERE subject = ?', subject)
  }

  allowedPeers(): readonly AllowedPeer[] {
    return this.#database.all<AllowedPeer>('SELECT peer, since FROM allowed_peers ORDER BY position').map((row) => ({ ...row }))
  }

  putAllowedPeer({ peer, since }: AllowedPeer): void {
    this.#database.transact(() => {
      this.removeAllowedPeer(peer)
      this.#database.run('INSERT INTO allowed_peers (peer, since) VALUES (?, ?)', peer, since)
    })
  }

  removeAllowedPeer(peer: PeerId): void {
    this.#database.run('DELETE FROM allowed_peers WHERE peer = ?', peer)
  }
}
