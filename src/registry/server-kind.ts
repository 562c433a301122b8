import { type GgenError, isGgenError } from '#core'
import type { Breaker } from './breaker.ts'
import { isFailure } from './failures.ts'
import type { ForeignRegistry } from './foreign-registry.ts'
import type { RegistryStatus } from './registry.ts'

/** `ours`: it has signed records · `foreign`: it has an index that nobody signed. */
export type ServerKind = 'ours' | 'foreign'

/** What is remembered of the kind of one server, also after this process. */
export interface KindMemory {
  read(): Promise<ServerKind | undefined>
  note(kind: ServerKind): Promise<void>
}

export interface KindParts {
  /** Asks a server of our kind how it is; `isHurried`: it is not waited for any longer than others would be asked as well. */
  readonly health: (isHurried: boolean, signal: AbortSignal) => Promise<RegistryStatus>
  readonly foreign: ForeignRegistry
  readonly memory: KindMemory
  readonly breaker: Breaker
}

/**
 * Finds out of what kind a server is, by what it says of itself. One that was of our kind once is so for ever: whoever takes it over, or stands before it, must
 * not be able to answer with an index instead, for which no publisher signs.
 */
export class KindOfServer {
  readonly #parts: KindParts
  #known: ServerKind | undefined

  constructor(parts: KindParts) {
    this.#parts = parts
  }

  get isForeign(): boolean {
    return this.#known === 'foreign'
  }

  /** What is known of it; asks nobody. */
  async recall(): Promise<ServerKind | undefined> {
    return this.#known ?? (await this.#parts.memory.read())
  }

  /** `isHurried`: others can be asked instead. `undefined`: it cannot be asked, and was never. Throws the signal's reason, and what the memory throws. */
  async find(isHurried: boolean, signal: AbortSignal): Promise<ServerKind | undefined> {
    if (this.#known !== undefined) return this.#known
    const { memory, breaker } = this.#parts
    const remembered = await memory.read()
    if (remembered === 'ours') this.#known = remembered
    if (remembered === 'ours' || (isHurried && (breaker.refusal !== undefined || breaker.isDoubted))) return remembered
    const kind = await this.#ask(isHurried, signal)
    if (kind === undefined) return remembered
    if (kind !== remembered) await memory.note(kind)
    this.#known = kind
    return kind
  }

  async #ask(isHurried: boolean, signal: AbortSignal): Promise<ServerKind | undefined> {
    const { health, breaker, foreign } = this.#parts
    try {
      if ((await health(isHurried, signal)).fingerprint !== undefined) return 'ours'
    } catch (error) {
      signal.throwIfAborted()
      if (!isOfOthers(error)) {
        if (isHurried && isGgenError(error, 'timeout')) breaker.late()
        else if (isFailure(error)) breaker.failed(error)
        return undefined
      }
    }
    try {
      return (await foreign.look({}, signal)).stale === undefined ? 'foreign' : undefined
    } catch (error) {
      signal.throwIfAborted()
      if (isGgenError(error)) return undefined
      throw error
    }
  }
}

/** Whether it answered, and not as a registry of our kind does: one that is in trouble may be of our kind all the same. */
export const isOfOthers = (error: unknown): error is GgenError => {
  if (isGgenError(error, 'denied')) return true
  if (!isGgenError(error, 'registry-failed')) return false
  const { status } = error.details
  return typeof status !== 'number' || status < 500
}
