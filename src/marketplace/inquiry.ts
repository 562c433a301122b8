import { type Clock, GgenError, isGgenError, type PackageName } from '#core'
import type { ParsedQuery } from '#flow/search'
import type { Network } from '#network'
import {
  type Cause, causesJson, causesText, type Consultation, type Hear, HybridRegistry, type HybridSource, isFailure, nobodyAnswered, type P2pParts, P2pRegistry,
  type Registry,
} from '#registry'
import type { Exchange } from './exchange.ts'
import { PEERS_ALONE, type Registries } from './registries.ts'

export interface InquiryParts {
  /** Absent: peers alone. */
  readonly registries?: Registries
  readonly network: Network
  readonly clock: Clock
  /** How bytes of peers come. */
  readonly exchange: Pick<Exchange, 'source' | 'findPeers'>
  /** Admits what somebody answered; throws `op-invalid` when some of it is not valid, and keeps the rest. */
  readonly take: (envelopes: readonly Uint8Array[], signal: AbortSignal) => Promise<void>
}

/** What more records can cure. */
const OF_RECORDS = ['package-not-found', 'version-not-found', 'rollback'] as const

/** Who could not help with one question so far, and who answered. */
export class Trail {
  readonly causes: Cause[] = []
  answered = 0

  note({ causes, answered }: Pick<Consultation, 'causes' | 'answered'>): void {
    this.causes.push(...causes)
    this.answered += answered.length
  }

  /** An error because of missing records, with why there were no more: where nobody answered at all, nobody knows whether there is such a package. */
  explain(error: unknown): unknown {
    if (!OF_RECORDS.some((code) => isGgenError(error, code)) || !isGgenError(error)) return error
    const failures = this.causes.filter((cause) => isFailure(cause.error))
    if (!failures.some((cause) => !isGgenError(cause.error, 'no-peers'))) return error
    if (this.answered === 0 && isGgenError(error, 'package-not-found')) return nobodyAnswered(failures)
    const details = { ...error.details, causes: causesJson(failures) }
    return new GgenError(error.code, `${error.message} (${causesText(failures)})`, { cause: error, hint: error.hint, details })
  }
}

/** What is asked about a name. */
export interface NameQuestion {
  readonly name: PackageName
  readonly trail: Trail
  /** Whether what is known here now does. */
  readonly isEnough: () => boolean
}

/** What is asked about words. */
export interface WordsQuestion {
  readonly query: ParsedQuery
  /** What was typed is a private name. */
  readonly isPrivate: boolean
}

/** Brings what others know of a name or of words into the catalogue, in the order that the operator chose: the own view then decides. */
export class Inquiry {
  readonly #parts: InquiryParts & { readonly registries: Registries }
  readonly #p2p: Registry

  constructor(parts: InquiryParts) {
    const { registries = PEERS_ALONE, exchange } = parts
    this.#parts = { ...parts, registries }
    const findHolders: P2pParts['findHolders'] = (blob, signal) => exchange.findPeers(blob, signal)
    this.#p2p = new P2pRegistry({ ...parts, source: exchange.source, isPrivate: registries.isNetworkPrivate, findHolders })
  }

  /** Whether there is anybody who could be asked after what is known here. */
  get hasOthers(): boolean {
    return this.#behind().length > 0
  }

  /** The same of others than those that the operator chose; absent: of those. */
  among(registries: Registries | undefined): Inquiry {
    return registries === undefined ? this : new Inquiry({ ...this.#parts, registries })
  }

  /** Asks those who come before what is known here; what they answered a while ago is taken when it is enough. */
  ahead(question: NameQuestion, signal: AbortSignal): Promise<void> {
    return this.#ask(this.#list(this.#front(), this.#hasPeersFor(question.name)), question, signal)
  }

  /** Asks those who come after it, until what was heard is enough. */
  others(question: NameQuestion, signal: AbortSignal): Promise<void> {
    return this.#ask(this.#list(this.#behind(), false), question, signal)
  }

  /** Asks servers for words: before the own index is looked into, or after it knew nothing. Resolves to who could not help. */
  async words({ query, isPrivate }: WordsQuestion, when: 'ahead' | 'behind', signal: AbortSignal): Promise<readonly Cause[]> {
    const { cursor, ...rest } = query
    const isInOrder = (this.#parts.registries.order === 'central-first' || !this.#parts.registries.asksPeers) === (when === 'ahead')
    const { central } = this.#parts.registries
    if (central === undefined || !isInOrder || cursor !== undefined) return []
    const list = this.#list([central.source], when === 'ahead' && this.#hasPeers())
    const { causes } = await list.consultSearch({ query: rest, isPrivate }, async ({ envelopes }) => {
      await this.#take(envelopes, signal)
      return true
    }, signal)
    return causes
  }

  /** Whether something that was typed is a private name. */
  isPrivate(typed: readonly string[]): boolean {
    return typed.some((text) => this.#parts.registries.isPrivateName(text.toLowerCase()))
  }

  /** Whether peers may hear of something. */
  mayTellPeers(isPrivate: boolean): boolean {
    const { asksPeers, isNetworkPrivate } = this.#parts.registries
    return asksPeers && (isNetworkPrivate || !isPrivate)
  }

  #front(): readonly HybridSource[] {
    const { order, central, asksPeers } = this.#parts.registries
    return central !== undefined && (order === 'central-first' || !asksPeers) ? [central.source] : []
  }

  #behind(): readonly HybridSource[] {
    const { order, central, asksPeers } = this.#parts.registries
    if (!asksPeers) return []
    const peers = this.#hasPeers() ? [{ registry: this.#p2p }] : []
    return central === undefined || order === 'central-first' ? peers : [...peers, central.source]
  }

  /** `othersFollow`: nobody is waited for long. */
  #list(sources: readonly HybridSource[], othersFollow: boolean): HybridRegistry {
    const { clock, registries: { isPrivateName } } = this.#parts
    const listed = othersFollow ? sources.map(({ registry, hurried = registry }) => ({ registry: hurried })) : sources
    return new HybridRegistry({ sources: listed, clock, isPrivateName })
  }

  #hasPeers(): boolean {
    return this.#parts.registries.asksPeers && this.#parts.network.peers().length > 0
  }

  #hasPeersFor(name: PackageName): boolean {
    return this.#hasPeers() && this.mayTellPeers(this.isPrivate([name]))
  }

  async #ask(list: HybridRegistry, { name, trail, isEnough }: NameQuestion, signal: AbortSignal): Promise<void> {
    const hear: Hear = async ({ envelopes }) => {
      await this.#take(envelopes, signal)
      return isEnough()
    }
    trail.note(await list.consult(name, hear, signal))
  }

  async #take(envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    if (envelopes.length > 0) await this.#parts.take(envelopes, signal)
  }
}
