import { type Digest, digestBytes, digestFromBytes, NPM_LIMITS, type ServedTarball, type Sha512, sha512FromBytes } from '#core'
import type {
  DocumentHead, DocumentKey, KnownKeys, KnownRelease, KnownTarball, NewTarball, NpmRecords, NpmRoom, ReleaseKey,
} from '#store'
import { Database } from './database.ts'
import { NPM_SCHEMA } from './npm-schema.ts'
import { markDamaged, openAnew } from './open-anew.ts'

/**
 * Opens what is known of npm registries in one SQLite file, or makes it; a damaged file is put aside and begun anew. Throws `store-broken` (for the
 * database of another program, or of a later version), `disk-full` or `too-busy`.
 */
export const openNpmRecords = (path: string, room: NpmRoom = {}): NpmRecords => openAnew(path, () => {
  using cleanup = new DisposableStack()
  const records = new SqliteNpmRecords(cleanup.use(Database.open(path, NPM_SCHEMA, { onDamage: () => markDamaged(path) })), room)
  cleanup.move()
  return records
})

/** Small notes that share one commit, at most. */
const GATHERED = 200

const FIND_DOCUMENT = 'SELECT key, head, bytes FROM documents WHERE source = ? AND name = ? AND kind = ?'

interface DocumentRow {
  readonly key: number
  readonly head: string
  readonly bytes: number
}

interface TarballRow {
  readonly digest: Uint8Array
  readonly bytes: number
  readonly is_private: number
}

type Signing = ReturnType<NpmRecords['signing']>
type Usage = ReturnType<NpmRecords['usage']>
type Table = 'tarballs' | 'releases' | 'seen_releases' | 'signing' | 'source_keys' | 'served'

class SqliteNpmRecords implements NpmRecords {
  readonly #database: Database
  readonly #room: Required<NpmRoom>
  /** The place in the order of uses of documents that were used since the last write, by their keys. */
  readonly #uses = new Map<number, number>()
  #lastUse: number
  #usage: Usage
  #gathered = 0

  constructor(database: Database, room: NpmRoom) {
    this.#database = database
    this.#room = { ...NPM_LIMITS, ...room }
    this.#lastUse = database.get<{ last: number }>('SELECT coalesce(max(used), 0) AS last FROM documents')?.last ?? 0
    this.#usage = this.#measure()
  }

  tarball(sha512: Sha512): KnownTarball | undefined {
    const row = this.#database.get<TarballRow>('SELECT digest, bytes, is_private FROM tarballs WHERE sha512 = ?', Buffer.from(sha512, 'hex'))
    return row && { digest: digestFromBytes(row.digest), sizeBytes: row.bytes, isPrivate: row.is_private === 1 }
  }

  sha512Of(sha1: string): Sha512 | undefined {
    const rows = this.#database.all<{ sha512: Uint8Array }>('SELECT sha512 FROM tarballs WHERE sha1 = ? LIMIT 2', Buffer.from(sha1, 'hex'))
    return rows[0] && rows.length === 1 ? sha512FromBytes(rows[0].sha512) : undefined
  }

  release(source: string, name: string, version: string): KnownRelease | undefined {
    const sql = 'SELECT sha512 FROM releases WHERE source = ? AND name = ? AND version = ?'
    const row = this.#database.get<{ sha512: Uint8Array }>(sql, source, name, version)
    return row && { sha512: sha512FromBytes(row.sha512) }
  }

  noteTarball(tarball: NewTarball, of?: ReleaseKey): void {
    const known = this.tarball(tarball.sha512)
    const isNews = known === undefined || (known.isPrivate && !tarball.isPrivate)
    const isNewRelease = of !== undefined && this.release(of.source, of.name, of.version)?.sha512 !== tarball.sha512
    if (!isNews && !isNewRelease) return
    this.#write(() => {
      if (known === undefined) this.#insertTarball(tarball)
      else if (isNews) this.#database.run('UPDATE tarballs SET is_private = 0 WHERE sha512 = ?', Buffer.from(tarball.sha512, 'hex'))
      if (isNewRelease) this.#putRelease(of, tarball.sha512)
    })
  }

  isPrivate(digest: Digest): boolean {
    const sql = 'SELECT is_private FROM tarballs WHERE digest = ? ORDER BY is_private LIMIT 1'
    return this.#database.get<{ is_private: number }>(sql, digestBytes(digest))?.is_private === 1
  }

  document(key: DocumentKey): DocumentHead | undefined {
    const row = this.#find(key)
    if (row !== undefined) this.#uses.set(row.key, this.#nextUse())
    return row && this.#headOf(row)
  }

  form({ source, name, kind }: DocumentKey, form: string): Uint8Array | undefined {
    const sql = `SELECT forms.bytes FROM documents JOIN forms ON forms.document = documents.key
      WHERE source = ? AND name = ? AND kind = ? AND form = ?`
    return this.#database.get<{ bytes: Uint8Array }>(sql, source, name, kind, form)?.bytes
  }

  putDocument(key: DocumentKey, head: DocumentHead, forms: ReadonlyMap<string, Uint8Array>): void {
    const bytes = [...forms.values()].reduce((sum, { length }) => sum + length, 0)
    const { source, name, kind } = key
    this.#change(() => {
      let usage = this.#without(this.#usage, this.#find(key))
      if (bytes > this.#room.documentsQuotaBytes) return usage
      const sql = 'INSERT INTO documents (source, name, kind, head, bytes, used) VALUES (?, ?, ?, ?, ?, ?)'
      const row = this.#database.insert(sql, source, name, kind, JSON.stringify(head), bytes, this.#nextUse())
      for (const [form, content] of forms) this.#database.run('INSERT INTO forms (document, form, bytes) VALUES (?, ?, ?)', row, form, content)
      usage = { documents: usage.documents + 1, bytes: usage.bytes + bytes }
      return this.#madeRoom(usage, row)
    })
  }

  putForm(key: DocumentKey, of: DocumentHead, { name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): void {
    const row = this.#find(key)
    if (row === undefined || this.#headOf(row).etag !== of.etag) return
    const sql = 'SELECT length(bytes) AS bytes FROM forms WHERE document = ? AND form = ?'
    const moreBytes = bytes.length - (this.#database.get<{ bytes: number }>(sql, row.key, name)?.bytes ?? 0)
    if (row.bytes + moreBytes > this.#room.documentsQuotaBytes) return
    this.#change(() => {
      this.#database.run('INSERT OR REPLACE INTO forms (document, form, bytes) VALUES (?, ?, ?)', row.key, name, bytes)
      this.#database.run('UPDATE documents SET bytes = bytes + ? WHERE key = ?', moreBytes, row.key)
      return this.#madeRoom({ ...this.#usage, bytes: this.#usage.bytes + moreBytes }, row.key)
    })
  }

  renewDocument(key: DocumentKey, head: DocumentHead): void {
    const row = this.#find(key)
    if (row === undefined || this.#headOf(row).etag !== head.etag) return
    this.#write(() => this.#database.run('UPDATE documents SET head = ? WHERE key = ?', JSON.stringify(head), row.key))
  }

  dropDocument(key: DocumentKey): void {
    const row = this.#find(key)
    if (row !== undefined) this.#change(() => this.#without(this.#usage, row))
  }

  firstSeen({ source, name, version }: ReleaseKey, now: number): number {
    const sql = 'SELECT at FROM seen_releases WHERE source = ? AND name = ? AND version = ?'
    const seen = this.#database.get<{ at: number }>(sql, source, name, version)?.at
    if (seen !== undefined) return seen
    this.#gather(() => {
      const last = this.#database.insert('INSERT INTO seen_releases (source, name, version, at) VALUES (?, ?, ?, ?)', source, name, version, now)
      this.#dropFirst('seen_releases', last - this.#room.seenReleases)
    })
    return now
  }

  signing(source: string): Signing {
    const row = this.#database.get<Signing>('SELECT signed, unsigned FROM signing WHERE source = ?', source)
    return { signed: row?.signed ?? 0, unsigned: row?.unsigned ?? 0 }
  }

  noteSigning(source: string, isSigned: boolean): void {
    this.#gather(() => {
      const sum = isSigned ? 'signed = signed + 1' : 'unsigned = unsigned + 1'
      if (this.#database.run(`UPDATE signing SET ${sum} WHERE source = ?`, source) > 0) return
      const sql = 'INSERT INTO signing (source, signed, unsigned) VALUES (?, ?, ?)'
      this.#dropFirst('signing', this.#database.insert(sql, source, isSigned ? 1 : 0, isSigned ? 0 : 1) - this.#room.knownSources)
    })
  }

  keys(source: string): KnownKeys | undefined {
    const row = this.#database.get<{ keys: string; at: number }>('SELECT keys, at FROM source_keys WHERE source = ?', source)
    return row && { keys: row.keys, askedAt: row.at }
  }

  putKeys(source: string, { keys, askedAt }: KnownKeys): void {
    this.#write(() => {
      if (this.#database.run('UPDATE source_keys SET keys = ?, at = ? WHERE source = ?', keys, askedAt, source) > 0) return
      const sql = 'INSERT INTO source_keys (source, keys, at) VALUES (?, ?, ?)'
      this.#dropFirst('source_keys', this.#database.insert(sql, source, keys, askedAt) - this.#room.knownSources)
    })
  }

  noteServed(served: ServedTarball): void {
    this.#gather(() => {
      const last = this.#database.insert('INSERT INTO served (at, served) VALUES (?, ?)', served.at, JSON.stringify(served))
      this.#dropFirst('served', last - this.#room.served)
    })
  }

  servedSince(at: number): readonly ServedTarball[] {
    const rows = this.#database.all<{ served: string }>('SELECT served FROM served WHERE at >= ? ORDER BY at, position', at)
    return rows.map(({ served }) => this.#parse<ServedTarball>(served))
  }

  usage(): Usage {
    if (this.#database.isClosed) this.#measure()
    return this.#usage
  }

  [Symbol.dispose](): void {
    if (this.#database.isClosed) return
    using _ = this.#database
    this.#write(() => undefined)
  }

  #measure(): Usage {
    const row = this.#database.get<{ documents: number; bytes: number }>('SELECT count(*) AS documents, coalesce(sum(bytes), 0) AS bytes FROM documents')
    return { documents: row?.documents ?? 0, bytes: row?.bytes ?? 0 }
  }

  #insertTarball({ sha512, sha1, digest, sizeBytes, isPrivate }: NewTarball): void {
    const sql = 'INSERT INTO tarballs (sha512, sha1, digest, bytes, is_private) VALUES (?, ?, ?, ?, ?)'
    const values = [Buffer.from(sha512, 'hex'), Buffer.from(sha1, 'hex'), digestBytes(digest), sizeBytes, isPrivate ? 1 : 0]
    this.#dropFirst('tarballs', this.#database.insert(sql, ...values) - this.#room.knownTarballs)
  }

  #putRelease({ source, name, version }: ReleaseKey, sha512: Sha512): void {
    const hash = Buffer.from(sha512, 'hex')
    const sql = 'UPDATE releases SET sha512 = ? WHERE source = ? AND name = ? AND version = ?'
    if (this.#database.run(sql, hash, source, name, version) > 0) return
    const last = this.#database.insert('INSERT INTO releases (source, name, version, sha512) VALUES (?, ?, ?, ?)', source, name, version, hash)
    this.#dropFirst('releases', last - this.#room.seenReleases)
  }

  /** Positions have no gaps but those before the first row, because rows go nowhere else. */
  #dropFirst(table: Table, upTo: number): void {
    this.#database.run(`DELETE FROM ${table} WHERE position <= ?`, upTo)
  }

  #find({ source, name, kind }: DocumentKey): DocumentRow | undefined {
    return this.#database.get<DocumentRow>(FIND_DOCUMENT, source, name, kind)
  }

  #headOf({ head }: DocumentRow): DocumentHead {
    return this.#parse<DocumentHead>(head)
  }

  #parse<T>(text: string): T {
    try {
      return JSON.parse(text) as T
    } catch {
      throw this.#database.damage('what is known of an npm registry')
    }
  }

  #nextUse(): number {
    this.#lastUse += 1
    return this.#lastUse
  }

  #without(usage: Usage, row: DocumentRow | undefined): Usage {
    if (row === undefined) return usage
    this.#database.run('DELETE FROM documents WHERE key = ?', row.key)
    return { documents: usage.documents - 1, bytes: usage.bytes - row.bytes }
  }

  /** Drops the documents used longest ago, but not this one, until the others fit; returns what is there then. */
  #madeRoom(usage: Usage, but: number): Usage {
    let left = usage
    while (left.bytes > this.#room.documentsQuotaBytes || left.documents > this.#room.knownDocuments) {
      const row = this.#database.get<DocumentRow>("SELECT key, '' AS head, bytes FROM documents WHERE key <> ? ORDER BY used LIMIT 1", but)
      if (row === undefined) return left
      left = this.#without(left, row)
    }
    return left
  }

  /** A write that changes which documents there are; the sums hold only once it is committed. */
  #change(work: () => Usage): void {
    this.#usage = this.#write(work)
  }

  /** Commits what was gathered, and with the work the uses of documents, so that reading never writes. */
  #write<T>(work: () => T): T {
    const result = this.#database.transact(() => {
      for (const [key, used] of this.#uses) this.#database.run('UPDATE documents SET used = ? WHERE key = ?', used, key)
      return work()
    })
    this.#uses.clear()
    this.#gathered = 0
    return result
  }

  #gather(work: () => void): void {
    this.#database.gather(work)
    this.#gathered += 1
    if (this.#gathered < GATHERED) return
    this.#gathered = 0
    this.#database.settle()
  }
}
