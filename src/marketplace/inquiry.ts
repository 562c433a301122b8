import { type Clock, GgenError, isGgenError, type PackageName } from '#core'
import type { ParsedQuery } from '#flow/search'
import type { Network } from '#network'
import {
  type Cause, causesJson, causesText, type Consultation, type Hear, HybridRegistry, type HybridSource, isFailure, nobodyAnswered, type P2pParts, P2pRegistry,
  type Registry, type Upstream,
} from '#registry'
import type { Exchange } from './exchange.ts'
import { HeadStart } from './head-start.ts'
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
  readonly isEnough: () => Promise<boolean>
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

  /** The same of others than those that the operator chose; absent: of those. */
  among(registries: Registries | undefined): Inquiry {
    return registries === undefined ? this : new Inquiry({ ...this.#parts, registries })
  }

  /**
   * Asks those who come before what is known here, and where that does not do, those who come after it, until it does. What a server answered a while ago is
   * taken when it is enough; one that is late is not waited for as long as others know enough.
   */
  async ask(question: NameQuestion, signal: AbortSignal): Promise<void> {
    const { name, isEnough } = question
    const [front, mayAskPeers] = [this.#front(), this.#mayAskPeers(this.isPrivate([name]))]
    using first = new HeadStart(front, (leaving) => this.#ask(this.#list(sourcesOf(front), mayAskPeers), question, leaving), signal)
    const isLate = await first.isLate()
    if ((isLate ? undefined : await first.answer) ?? (await isEnough())) return
    using others = new HeadStart(undefined, (leaving) => this.#ask(this.#list(this.#behind(), false), question, leaving), signal)
    await untilEnough(isLate ? [first.answer, others.answer] : [others.answer])
  }

  /** Begins to ask servers for words before the own index is looked into. Their answer is who could not help. */
  wordsAhead(question: WordsQuestion, signal: AbortSignal): HeadStart<readonly Cause[]> {
    const front = this.#front()
    return new HeadStart(front, (leaving) => this.#words(question, sourcesOf(front), leaving), signal)
  }

  /** Asks servers for words after the own index and peers knew nothing. Resolves to who could not help. */
  wordsBehind(question: WordsQuestion, signal: AbortSignal): Promise<readonly Cause[]> {
    const { central } = this.#parts.registries
    return this.#words(question, this.#front() === undefined ? sourcesOf(central) : [], signal)
  }

  async #words({ query, isPrivate }: WordsQuestion, sources: readonly HybridSource[], signal: AbortSignal): Promise<readonly Cause[]> {
    const { cursor, ...rest } = query
    if (cursor !== undefined) return []
    const { causes } = await this.#list(sources, this.#mayAskPeers(isPrivate)).consultSearch({ query: rest, isPrivate }, async ({ envelopes }) => {
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

  /** The server that comes before what is known here. */
  #front(): Upstream | undefined {
    const { order, central, asksPeers } = this.#parts.registries
    return order === 'central-first' || !asksPeers ? central : undefined
  }

  #behind(): readonly HybridSource[] {
    const peers = this.#hasPeers() ? [{ registry: this.#p2p }] : []
    return this.#front() === undefined ? [...peers, ...sourcesOf(this.#parts.registries.central)] : peers
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

  #mayAskPeers(isPrivate: boolean): boolean {
    return this.#hasPeers() && this.mayTellPeers(isPrivate)
  }

  /** Resolves to whether it was enough; to nothing where nobody answered. */
  async #ask(list: HybridRegistry, { name, trail, isEnough }: NameQuestion, signal: AbortSignal): Promise<boolean | undefined> {
    let enough: boolean | undefined
    const hear: Hear = async ({ envelopes }) => {
      await this.#take(envelopes, signal)
      enough = await isEnough()
      return enough
    }
    trail.note(await list.consult(name, hear, signal))
    return enough
  }

  async #take(envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    if (envelopes.length > 0) await this.#parts.take(envelopes, signal)
  }
}

/** Resolves as soon as one answer is enough, or when all have ended. Throws what one of them throws. */
const untilEnough = (answers: readonly Promise<boolean | undefined>[]): Promise<void> => {
  const { promise: enough, resolve, reject } = Promise.withResolvers<void>()
  const heard = answers.map((answer) => answer.then((isEnough) => {
    if (isEnough === true) resolve()
  }))
  Promise.all(heard).then(() => resolve(), reject)
  return enough
}

const sourcesOf = (server: Upstream | undefined): readonly HybridSource[] => (server === undefined ? [] : [server.source])
