import assert from 'node:assert/strict'
import {
  type Digest, type DomainClaim, type IdentityId, type KnownDomain, LIMITS, type Op, type OpId, type PackageName, type PublicKey, type RegistryId,
  type Version,
} from '#core'
import {
  type ChainKey, chainOf, type FeedHead, type Intent, intentGone, type IntentState, type KeepReason, type KeptPackage, type KeptRelease, type Pin,
  placeTaken, tooManyIntents, type TrustMemory, type TrustStore,
} from '#store'
import { AccessTables } from './access-tables.ts'
import { Database } from './database.ts'
import { DeliveryTable } from './delivery-table.ts'
import { DomainTables } from './domain-tables.ts'
import { KeptArchivesTable } from './kept-archives-table.ts'
import { KeptTables } from './kept-tables.ts'
import { TrustMemoryTables } from './trust-memory-tables.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

/**
 * Opens what this node must never forget in one SQLite file, or makes it. Throws `store-broken` and leaves the file as it is when it
 * is damaged, of another program or of a later version; `disk-full` or `too-busy`.
 */
export const openTrustStore = (path: string): TrustStore => new SqliteTrustStore(Database.open(path, TRUST_SCHEMA))

interface IntentRow {
  readonly id: OpId
  readonly identity: IdentityId
  /** As `placeOf` reads it. */
  readonly name: string
  readonly feed: PublicKey | ''
  readonly version: Version | ''
  readonly seq: number
  readonly payload: Uint8Array
  readonly envelope: Uint8Array | null
  readonly tells: string
  readonly state: IntentState
  readonly created_at: number
}

const DROP_PREPARED = "DELETE FROM intents WHERE identity = ? AND name = ? AND feed = ? AND state = 'prepared'"
/** Whatever they are called: each is a chain of its own. */
const DROP_PREPARED_OPINIONS = "DELETE FROM intents WHERE identity = ? AND substr(name, 1, 1) = substr(?, 1, 1) AND feed = ? AND state = 'prepared'"

const INTENT_COLUMNS = 'id, identity, name, feed, version, seq, payload, envelope, tells, state, created_at'

const IS_DEAR = ['own_ops', 'pins', 'kept_packages', 'followed'].map((table) => `SELECT 1 FROM ${table} WHERE identity = ?`).join(' UNION ALL ')

class SqliteTrustStore implements TrustStore {
  readonly #database: Database
  readonly #kept: KeptTables
  readonly memory: TrustMemory
  readonly #domains: DomainTables
  readonly access: AccessTables
  readonly deliveries: DeliveryTable
  readonly archives: KeptArchivesTable

  constructor(database: Database) {
    this.#database = database
    this.#kept = new KeptTables(database)
    this.memory = new TrustMemoryTables(database)
    this.#domains = new DomainTables(database)
    this.access = new AccessTables(database)
    this.deliveries = new DeliveryTable(database)
    this.archives = new KeptArchivesTable(database)
  }

  transact<T>(work: () => T): T {
    try {
      return this.#database.transact(work)
    } catch (error) {
      this.#kept.forget()
      this.archives.forget()
      throw error
    }
  }

  putOwnOp(op: Op): void {
    this.transact(() => {
      if (this.#database.run('UPDATE own_ops SET envelope = ? WHERE id = ?', op.bytes, op.id) > 0) return
      const isPlaced = this.#database.run(
        'INSERT INTO own_ops (id, identity, name, feed, seq, envelope) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        op.id, ...columnsOf(chainOf(op)), op.seq, op.bytes,
      )
      if (isPlaced === 0) throw placeTaken(op.id)
    })
  }

  ownOps(): Uint8Array[] {
    return this.#database.all<{ envelope: Uint8Array }>('SELECT envelope FROM own_ops ORDER BY position').map(({ envelope }) => envelope)
  }

  ownHead(chain: ChainKey): FeedHead | undefined {
    const sql = 'SELECT seq, id FROM own_ops WHERE identity = ? AND name = ? AND feed = ? ORDER BY seq DESC LIMIT 1'
    const row = this.#database.get<{ seq: number; id: OpId }>(sql, ...columnsOf(chain))
    return row && { seq: row.seq, head: row.id }
  }

  putIntent(intent: Intent): void {
    const { id, version = '', seq, payload, envelope, tells, state, createdAt } = intent
    const columns = columnsOf(intent)
    this.transact(() => {
      this.#database.run(intent.opinion === undefined ? DROP_PREPARED : DROP_PREPARED_OPINIONS, ...columns)
      if (this.#isTaken(intent)) throw placeTaken(id)
      const open = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM intents')
      if ((open?.count ?? 0) >= LIMITS.openIntents) throw tooManyIntents()
      this.#database.run(
        `INSERT INTO intents (${INTENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id, ...columns, version, seq, payload, envelope ?? null, toldText(tells), state, createdAt,
      )
    })
  }

  intent(id: OpId): Intent | undefined {
    const row = this.#database.get<IntentRow>(`SELECT ${INTENT_COLUMNS} FROM intents WHERE id = ?`, id)
    return row && intentOf(row)
  }

  updateIntent(id: OpId, change: { readonly state: IntentState; readonly envelope?: Uint8Array }): void {
    this.transact(() => {
      const before = this.intent(id)
      if (before === undefined) throw intentGone(id)
      const { state, envelope = before.envelope } = change
      assert(state === 'signed' ? envelope !== undefined : before.state === 'prepared', 'signed means that there is an envelope, for good')
      this.#database.run('UPDATE intents SET state = ?, envelope = ? WHERE id = ?', state, envelope ?? null, id)
    })
  }

  removeIntent(id: OpId): void {
    this.#database.run('DELETE FROM intents WHERE id = ?', id)
  }

  intents(): Intent[] {
    return this.#database.all<IntentRow>(`SELECT ${INTENT_COLUMNS} FROM intents ORDER BY position`).map(intentOf)
  }

  pin(name: PackageName): Pin | undefined {
    const row = this.#database.get<Pin>('SELECT name, identity, since, how FROM pins WHERE name = ?', name)
    return row && { ...row }
  }

  pins(): Pin[] {
    return this.#database.all<Pin>('SELECT name, identity, since, how FROM pins ORDER BY name').map((row) => ({ ...row }))
  }

  putPin({ name, identity, since, how }: Pin): void {
    this.#database.run('INSERT OR REPLACE INTO pins (name, identity, since, how) VALUES (?, ?, ?, ?)', name, identity, since, how)
  }

  removePin(name: PackageName): boolean {
    return this.#database.run('DELETE FROM pins WHERE name = ?', name) > 0
  }

  knownDomain(domain: string): KnownDomain | undefined {
    return this.#domains.get(domain)
  }

  putKnownDomain(known: KnownDomain): void {
    this.transact(() => this.#domains.put(known))
  }

  boundClaims(limit: number): DomainClaim[] {
    return this.#domains.boundClaims(limit)
  }

  isDear(identity: IdentityId): boolean {
    return this.#database.get(IS_DEAR, identity, identity, identity, identity) !== undefined
  }

  keep(kept: KeptPackage): void {
    this.transact(() => this.#kept.keep(kept))
  }

  unkeep(release: KeptRelease, reason: KeepReason): boolean {
    return this.#kept.unkeep(release, reason)
  }

  keptPackages(): KeptPackage[] {
    return this.#kept.all()
  }

  isKept(digest: Digest): boolean {
    return this.#kept.has(digest) || this.archives.has(digest)
  }

  keptFor(digest: Digest): readonly KeptRelease[] {
    return this.#kept.releasesOf(digest)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  /** Whether an own op, or a signed intent, has the place that this intent wants. */
  #isTaken({ seq, ...chain }: Intent): boolean {
    return ['own_ops', 'intents'].some((table) => {
      const sql = `SELECT 1 FROM ${table} WHERE identity = ? AND name = ? AND feed = ? AND seq = ?`
      return this.#database.get(sql, ...columnsOf(chain), seq) !== undefined
    })
  }
}

/** The empty `name` and `feed` stand for the identity's own chain. */
const columnsOf = ({ identity, name = '' as PackageName, opinion, feed = '' as PublicKey }: ChainKey): [IdentityId, string, PublicKey] =>
  [identity, opinion === undefined ? name : OPINION + opinion, feed]

/** Stands before the id of an opinion, where other ops have the name of a package: none begins like this. */
const OPINION = '!'

const placeOf = (name: string): Pick<ChainKey, 'name' | 'opinion'> => {
  if (name === '') return {}
  return name.startsWith(OPINION) ? { opinion: name.slice(OPINION.length) as OpId } : { name: name as PackageName }
}

const toldText = (tells: Intent['tells']): string => (typeof tells === 'object' ? tells.url : (tells ?? ''))

const toldOf = (text: string): Pick<Intent, 'tells'> => {
  if (text === '') return {}
  return { tells: text === 'p2p' || text === 'central' ? text : { url: text as RegistryId } }
}

const intentOf = ({ id, identity, name, feed, version, envelope, tells, created_at: createdAt, ...row }: IntentRow): Intent => ({
  id,
  identity,
  ...placeOf(name),
  ...(feed !== '' && { feed }),
  ...(version !== '' && { version }),
  ...row,
  createdAt,
  ...(envelope !== null && { envelope }),
  ...toldOf(tells),
})
