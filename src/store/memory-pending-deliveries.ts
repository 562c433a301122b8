import { type OpId, REGISTRY_LIMITS, type RegistryId } from '#core'
import type { PendingDeliveries, PendingDelivery } from './pending-deliveries.ts'
import { tooManyDeliveries } from './refusals.ts'
import { setIn, type UndoLog } from './undo-log.ts'

interface Placed {
  readonly delivery: PendingDelivery
  /** Grows with everything that is put. */
  readonly position: number
}

/** The part of the trust store in memory that is about deliveries; `assertOpen` throws once that is closed. */
export class MemoryPendingDeliveries implements PendingDeliveries {
  readonly #undo: UndoLog
  readonly #assertOpen: () => void
  readonly #placed = new Map<string, Placed>()
  #position = 0

  constructor(undo: UndoLog, assertOpen: () => void) {
    this.#undo = undo
    this.#assertOpen = assertOpen
  }

  put(delivery: PendingDelivery): void {
    if (this.has(delivery.registry, delivery.op)) return
    if (this.#placed.size >= REGISTRY_LIMITS.deliveries) throw tooManyDeliveries()
    this.#position += 1
    setIn(this.#undo, this.#placed, { key: keyOf(delivery.registry, delivery.op), value: { delivery: { ...delivery }, position: this.#position } })
  }

  next(registry: RegistryId): PendingDelivery | undefined {
    const [first] = this.#of(registry).sort((a, b) => a.position - b.position)
    return first && { ...first.delivery }
  }

  has(registry: RegistryId, op: OpId): boolean {
    this.#assertOpen()
    return this.#placed.has(keyOf(registry, op))
  }

  count(registry: RegistryId): number {
    return this.#of(registry).length
  }

  remove(registry: RegistryId, op: OpId): void {
    this.#assertOpen()
    setIn(this.#undo, this.#placed, { key: keyOf(registry, op), value: undefined })
  }

  #of(registry: RegistryId): Placed[] {
    this.#assertOpen()
    return [...this.#placed.values()].filter(({ delivery }) => delivery.registry === registry)
  }
}

const keyOf = (registry: RegistryId, op: OpId): string => `${registry} ${op}`
