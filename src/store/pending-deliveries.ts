import type { OpId, RegistryId } from '#core'

/**
 * What of this node's own ops a registry has still to be handed. Part of the trust store: changes last, join its transactions, and are refused after it was
 * disposed.
 */
export interface PendingDeliveries {
  /** Appends; an op that waits for that registry already stays where it is. Throws `too-busy` above `REGISTRY_LIMITS.deliveries`. */
  put(delivery: PendingDelivery): void
  /** The one that waits longest for that registry. */
  next(registry: RegistryId): PendingDelivery | undefined
  has(registry: RegistryId, op: OpId): boolean
  /** How many wait for that registry. */
  count(registry: RegistryId): number
  /** It waits no longer; fine when it did not. */
  remove(registry: RegistryId, op: OpId): void
}

export interface PendingDelivery {
  readonly registry: RegistryId
  readonly op: OpId
  /** Unix milliseconds. */
  readonly since: number
}
