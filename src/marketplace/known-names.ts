import { type Clock, GgenError, type IdentityId, isPackageName, LIMITS, type PackageName } from '#core'
import type { Catalogue, TrustStore } from '#store'
import { LookAlikes } from '#trust'
import type { FollowedWords } from './followed-words.ts'
import { Remade } from './remade.ts'

export interface KnownNamesParts {
  readonly trust: Pick<TrustStore, 'pins' | 'boundClaims' | 'memory'>
  readonly catalogue: Pick<Catalogue, 'opined' | 'namesOf' | 'entriesUnder' | 'oldestNames'>
  readonly clock: Clock
  /** Names and patterns with the publisher that they belong to. */
  readonly namespaces: ReadonlyMap<string, IdentityId>
  readonly words: Pick<FollowedWords, 'wordsOn' | 'revision'>
  /** Another number after each change of what is bound. */
  readonly pinsRevision: () => number
}

/** Names of a catalogue that are read in one go, and made ready in one go: about ten milliseconds. */
const PAGE_NAMES = 1000
/** So long others wait for their turn. */
const TURN_MS = 10

/**
 * The names that a new one is compared with, in three lists, which are made when somebody asks for them and kept until what they come from has changed. While
 * they are made, others have their turns.
 */
export class KnownNames implements Disposable {
  readonly #parts: KnownNamesParts
  readonly #ending = new AbortController()
  readonly #bound: Remade<LookAlikes>
  readonly #vouched: Remade<LookAlikes>
  readonly #heard: Remade<LookAlikes>

  constructor(parts: KnownNamesParts) {
    const { clock, words } = parts
    this.#parts = parts
    const spanOf = (ms: number): number => Math.floor(clock.monotonic() / ms)
    this.#bound = new Remade(() => this.#fill(this.#boundNames()), parts.pinsRevision)
    const fillVouched = async (): Promise<LookAlikes> => await this.#fill(this.#vouchedNames(), await this.bound())
    this.#vouched = new Remade(fillVouched, () => `${words.revision} ${spanOf(LIMITS.vouchedNamesMs)}`)
    const fillHeard = async (): Promise<LookAlikes> => await this.#fill(this.#heardNames(), await this.bound(), await this.vouched())
    this.#heard = new Remade(fillHeard, () => spanOf(LIMITS.lookAlikesMs))
  }

  /** Bound to a publisher here, or in the configuration. */
  bound(): Promise<LookAlikes> {
    return this.#bound.get()
  }

  /** Of publishers that are vouched for, or proven by a domain. Some may not be so any more. */
  vouched(): Promise<LookAlikes> {
    return this.#vouched.get()
  }

  /** All others of the catalogue, those that this node heard of first in front. */
  heard(): Promise<LookAlikes> {
    return this.#heard.get()
  }

  [Symbol.dispose](): void {
    this.#ending.abort(new GgenError('cancelled', 'the node stops'))
  }

  *#boundNames(): Iterable<PackageName> {
    for (const { name } of this.#parts.trust.pins()) yield name
    for (const pattern of this.#parts.namespaces.keys()) if (isPackageName(pattern)) yield pattern
  }

  /** Who warns of very many makes no name known: of each publisher there is a turn, whatever comes of it. */
  *#vouchedNames(): Iterable<PackageName | undefined> {
    const { trust, catalogue, words } = this.#parts
    let left = LIMITS.vouchedPublishers
    for (const { identity: by } of trust.memory.followed()) {
      const targets = catalogue.opined(by, left)
      left -= targets.length
      for (const target of targets) {
        for (const name of catalogue.namesOf(target)) yield words.wordsOn(target, name).endorsedBy.length > 0 ? name : undefined
      }
    }
    for (const { prefix, identity } of trust.boundClaims(LIMITS.knownDomains)) {
      for (const entry of catalogue.entriesUnder(prefix, PAGE_NAMES)) yield entry.identity === identity ? entry.name : undefined
    }
  }

  *#heardNames(): Iterable<PackageName> {
    for (let [last, isWhole] = [0, false]; !isWhole;) {
      const page = this.#parts.catalogue.oldestNames(last, PAGE_NAMES)
      yield* page.names
      last = page.last
      isWhole = page.names.length === 0
    }
  }

  /** All lists together hold at most `LIMITS.lookAlikeNames`: the room of those before is theirs. */
  async #fill(names: Iterable<PackageName | undefined>, ...before: readonly LookAlikes[]): Promise<LookAlikes> {
    const { clock } = this.#parts
    const room = before.reduce<number>((left, { size }) => left - size, LIMITS.lookAlikeNames)
    const known = new LookAlikes()
    let lot: PackageName[] = []
    let began = clock.monotonic()
    for (const name of names) {
      if (known.size + lot.length >= room) break
      if (name !== undefined) lot.push(name)
      if (lot.length === PAGE_NAMES) {
        known.add(lot)
        lot = []
      }
      if (clock.monotonic() - began < TURN_MS) continue
      await clock.wait(0, this.#ending.signal)
      began = clock.monotonic()
    }
    known.add(lot)
    return known
  }
}
