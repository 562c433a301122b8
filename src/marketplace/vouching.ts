import { GgenError, type Giver, isGgenError, type PackageName } from '#core'
import type { FetchOptions } from '#flow/fetch'
import { type ForeignPackage, type OfferedVersions, offeredVersions, type VouchedVersion } from '#foreign'
import { type Cause, causesJson, causesText, type ForeignLook, type ForeignRegistry, type LookOptions } from '#registry'
import type { Registries } from './registries.ts'

export interface VouchingParts {
  /** Those who are asked. */
  readonly registries: Registries
  readonly hasPeers: () => boolean
  /** Whether a name is bound to a publisher here. */
  readonly isBound: (name: PackageName) => boolean
}

/** Whom one request asks; absent: those that the operator chose. */
export interface Whom {
  readonly among?: Registries
  readonly vouching: Vouching
}

/** An index that is asked, and what it says. */
export interface AskedIndex {
  readonly registry: ForeignRegistry
  readonly giver: Giver
  readonly look: ForeignLook
}

/** A package that the index names. */
export interface NamedVouched extends AskedIndex {
  readonly foreign: ForeignPackage
  readonly offered: OfferedVersions
}

/** Two ways to what is asked of a name. */
export interface Either<T> {
  readonly name: PackageName
  /** Only what a publisher signed is meant. */
  readonly isSigned: boolean
  readonly isOffline?: boolean
  /** What the index said before is not enough. */
  readonly isAnew?: boolean
  readonly signed: () => Promise<T>
  readonly vouched: (named: NamedVouched) => Promise<T>
}

/**
 * An index of somebody else as one request sees it: it is read at most once and once more anew, so that all of the request sees the same. Of each name it is
 * decided whether it is one of the index or of a publisher: never both.
 */
export class Vouching {
  readonly #parts: VouchingParts
  #asked: Promise<AskedIndex | undefined> | undefined
  #isAnew = false
  /** Why the index could not be read. */
  cause: Cause | undefined

  constructor(parts: VouchingParts) {
    this.#parts = parts
  }

  /** The index, where there is one that says something. */
  async index(options: LookOptions, signal: AbortSignal): Promise<AskedIndex | undefined> {
    const wantsAnew = options.isAnew === true && !this.#isAnew
    if (this.#asked === undefined || wantsAnew) {
      this.#isAnew = wantsAnew
      this.#asked = this.#look(options, !this.isAlone && this.#parts.hasPeers(), signal)
    }
    return await this.#asked
  }

  /** As `index`, where nobody else knew anything: what did not answer in haste is waited for. */
  async last(options: LookOptions, signal: AbortSignal): Promise<AskedIndex | undefined> {
    const index = await this.index(options, signal)
    if (index !== undefined || this.cause === undefined || !isGgenError(this.cause.error, 'timeout')) return index
    this.cause = undefined
    this.#asked = this.#look(options, false, signal)
    return await this.#asked
  }

  /** What the index says of a name; nothing where it may not even be meant. */
  async named(name: PackageName, options: LookOptions, signal: AbortSignal): Promise<NamedVouched | undefined> {
    return this.#namedIn(await this.index(options, signal), name)
  }

  #namedIn(index: AskedIndex | undefined, name: PackageName): NamedVouched | undefined {
    if (index === undefined || (this.#parts.registries.isPrivateName(name) && !index.registry.isPrivate)) return undefined
    const { index: { packages, clashes }, mirror: { ledger } } = index.look
    const foreign = packages.find((one) => one.name === name)
    return foreign && { ...index, foreign, offered: offeredVersions(foreign, clashes, (version) => ledger.firstOf({ name, version })) }
  }

  /**
   * Asks in the order that the operator chose. A name for which the index vouches is not asked of anybody else where the index comes first; where it comes
   * last, only a name that nobody else knows is asked of it.
   */
  async choose<T>(either: Either<T>, signal: AbortSignal): Promise<T> {
    const { name, isSigned, isOffline = false, isAnew = false, signed, vouched } = either
    if (isSigned || this.#parts.isBound(name)) return await signed()
    const look = { isOffline, isAnew }
    if (this.comesFirst) {
      const named = await this.named(name, look, signal)
      if (named !== undefined && named.offered.vouched.length + named.offered.contested.length > 0) return await vouched(named)
    }
    try {
      return await signed()
    } catch (error) {
      if (!isGgenError(error, 'package-not-found')) throw error
      const named = this.#namedIn(await this.last(look, signal), name)
      if (named !== undefined) return await vouched(named)
      throw this.#explain(error)
    }
  }

  /** How peers may be asked for bytes of a name; absent: they may not. */
  peersFor(name: PackageName): Omit<FetchOptions, 'signal'> | undefined {
    const { registries: { asksPeers, isNetworkPrivate, isPrivateName, order }, hasPeers } = this.#parts
    const isPrivate = isPrivateName(name)
    if (!asksPeers || !hasPeers() || (isPrivate && !isNetworkPrivate)) return undefined
    return { urgency: 'interactive', isPrivate, givers: { order, asksPeers: true } }
  }

  /** Whether nobody is asked but the index. */
  get isAlone(): boolean {
    return !this.#parts.registries.asksPeers
  }

  /** Whether the index is asked before anybody else. */
  get comesFirst(): boolean {
    const { order, asksPeers } = this.#parts.registries
    return order === 'central-first' || !asksPeers
  }

  async #look({ isOffline = false, isAnew = false }: LookOptions, isHurried: boolean, signal: AbortSignal): Promise<AskedIndex | undefined> {
    const { central } = this.#parts.registries
    const registry = await central?.foreign({ isOffline, isHurried }, signal)
    if (central === undefined || registry === undefined) return undefined
    try {
      const look = await registry.look({ isOffline, isAnew, isHurried }, signal)
      this.cause = look.stale?.because && { registry: registry.name, error: look.stale.because }
      return { registry, giver: central.id, look }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error)) throw error
      this.cause = { registry: registry.name, error }
      return undefined
    }
  }

  /** Where the index could not be asked, nobody knows whether there is such a package. */
  #explain(error: GgenError): GgenError {
    if (this.cause === undefined) return error
    if (!this.#parts.registries.asksPeers) return this.cause.error
    const details = { ...error.details, causes: causesJson([this.cause]) }
    return new GgenError(error.code, `${error.message} (${causesText([this.cause])})`, { cause: error, hint: error.hint, details })
  }
}

/** The bytes of a version, from its index. */
export const openingOf = ({ registry, giver }: AskedIndex, name: PackageName, version: VouchedVersion): {
  readonly giver: Giver
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>
} => ({ giver, open: (signal) => registry.openArchive(name, version, signal) })
