import { type OpId, REGISTRY_LIMITS, type RegistryId } from '#core'
import { type PendingDeliveries, type PendingDelivery, tooManyDeliveries } from '#store'
import type { Database } from './database.ts'

/** What has still to be handed to registries, in one table. */
export class DeliveryTable implements PendingDeliveries {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  put({ registry, op, since }: PendingDelivery): void {
    this.#database.transact(() => {
      if (this.has(registry, op)) return
      const { count = 0 } = this.#database.get<{ count: number }>('SELECT count(*) AS count FROM deliveries') ?? {}
      if (count >= REGISTRY_LIMITS.deliveries) throw tooManyDeliveries()
      this.#database.run('INSERT INTO deliveries (registry, op, since) VALUES (?, ?, ?)', registry, op, since)
    })
  }

  next(registry: RegistryId): PendingDelivery | undefined {
    const row = this.#database.get<PendingDelivery>('SELECT registry, op, since FROM deliveries WHERE registry = ? ORDER BY position LIMIT 1', registry)
    return row && { ...row }
  }

  has(registry: RegistryId, op: OpId): boolean {
    return this.#database.get('SELECT 1 FROM deliveries WHERE registry = ? AND op = ?', registry, op) !== undefined
  }

  count(registry: RegistryId): number {
    return this.#database.get<{ count: number }>('SELECT count(*) AS count FROM deliveries WHERE registry = ?', registry)?.count ?? 0
  }

  remove(registry: RegistryId, op: OpId): void {
    this.#database.run('DELETE FROM deliveries WHERE registry = ? AND op = ?', registry, op)
  }
}
