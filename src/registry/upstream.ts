import type { BlobRequest } from '#bulk'
import { type Clock, FINISHED, REGISTRY_LIMITS, type RegistryId } from '#core'
import { Breaker } from './breaker.ts'
import { CachedRegistry } from './cached-registry.ts'
import { CentralRegistry } from './central-registry.ts'
import type { ForeignRegistry, LookOptions } from './foreign-registry.ts'
import { GuardedRegistry } from './guarded-registry.ts'
import type { HttpClient } from './http-client.ts'
import type { HybridSource } from './hybrid-registry.ts'
import { HURRIED, PATIENT } from './next-try.ts'
import { RecognisedRegistry } from './recognised-registry.ts'
import type { Registry, RegistryStatus } from './registry.ts'
import { isOfOthers, type KindMemory, KindOfServer } from './server-kind.ts'
import { UnsignedRegistry } from './unsigned-registry.ts'

interface ServerOptions {
  readonly http: HttpClient
  /** What it is where it turns out to be of another kind than ours; absent: nothing. */
  readonly foreign?: { readonly registry: ForeignRegistry; readonly memory: KindMemory }
}

/** An index that lies in a folder. */
interface FolderOptions {
  readonly http?: undefined
  readonly foreign: { readonly registry: ForeignRegistry }
}

export type UpstreamOptions = (ServerOptions | FolderOptions) & {
  /** Where it is. */
  readonly id: RegistryId
  /** For people. */
  readonly name: string
  readonly clock: Clock
  readonly isPrivate: boolean
  /** As usual where they are absent. */
  readonly timeoutMs?: number
  readonly retries?: number
  readonly cacheAnswers?: number
  readonly cacheTtlMs?: number
}

/** Which bytes are wanted of a server. */
export interface ServerRead extends Omit<BlobRequest, 'peer'> {
  readonly hurried: boolean
}

/**
 * A registry that the operator names, with all that belongs to asking it: connections, a memory of its answers, a breaker, and of what kind it is. Disposing
 * ends its probes and its connections.
 */
export class Upstream implements AsyncDisposable {
  readonly id: RegistryId
  readonly isPrivate: boolean
  /** As one of a list. */
  readonly source: HybridSource
  /** Without a memory, and patient: for handing things over. */
  readonly patient: Registry
  readonly #hurried: Registry
  readonly #breaker: Breaker
  readonly #kind: KindOfServer | undefined
  readonly #foreign: ForeignRegistry | undefined
  readonly #isFolder: boolean
  readonly #close: () => void
  readonly #clock: Clock

  constructor(options: UpstreamOptions) {
    const { id, isPrivate, clock, cacheAnswers, cacheTtlMs } = options
    this.id = id
    this.isPrivate = isPrivate
    this.#clock = clock
    this.#foreign = options.foreign?.registry
    this.#isFolder = options.http === undefined
    this.#close = () => options.http?.[Symbol.dispose]()
    const { breaker, kind, patient, hurried } = options.http === undefined ? folderParts(options) : serverParts(options)
    this.#breaker = breaker
    this.#kind = kind
    this.patient = patient
    this.#hurried = hurried
    const cache = { clock, ...(cacheAnswers !== undefined && { answers: cacheAnswers }), ...(cacheTtlMs !== undefined && { ttlMs: cacheTtlMs }) }
    this.source = { registry: new CachedRegistry(patient, cache), hurried: new CachedRegistry(hurried, cache) }
  }

  /** Whether it did not answer when it was last asked. */
  get isAvoided(): boolean {
    return this.#breaker.refusal !== undefined
  }

  /** Whether an answer of it is late, and it is not known yet whether it is gone. */
  get isDoubted(): boolean {
    return this.#breaker.isDoubted
  }

  /** Resolves when something that was asked of it has ended, or is so late that others had better be asked as well; to whether it is. */
  async isLate(asked: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController()
    const ended = Promise.allSettled([asked]).then(() => false)
    const isLate = await Promise.race([ended, this.#headStart(AbortSignal.any([signal, over.signal]))])
    over.abort(FINISHED)
    if (isLate) this.#breaker.late()
    return isLate
  }

  /** None where it was late before. Resolves to whether it was waited out. */
  async #headStart(signal: AbortSignal): Promise<boolean> {
    const waitMs = this.isAvoided || this.isDoubted ? 0 : REGISTRY_LIMITS.headStartMs
    const [waited] = await Promise.allSettled([this.#clock.wait(waitMs, signal)])
    // This node may have been busy itself: what came meanwhile is heard first.
    await Promise.allSettled([this.#clock.wait(0, signal)])
    return waited.status === 'fulfilled' && !signal.aborted
  }

  /** Whether it is known to have no signed records, and nothing can be handed over there. */
  get isForeign(): boolean {
    return this.#isFolder || this.#kind?.isForeign === true
  }

  /** It as an index of somebody else; absent where it is none, or cannot be asked what it is: offline it is not. Throws the signal's reason. */
  async foreign({ isOffline = false, isHurried = false }: LookOptions, signal: AbortSignal): Promise<ForeignRegistry | undefined> {
    const kind = this.#isFolder ? 'foreign' : await (isOffline ? this.#kind?.recall() : this.#kind?.find(isHurried, signal))
    return kind === 'foreign' ? this.#foreign : undefined
  }

  /** Bytes of a blob, unchecked; `hurried`: others may have them too. Throws as `Registry.open`. */
  read({ digest, sizeBytes, offset, length, hurried }: ServerRead, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return (hurried ? this.#hurried : this.patient).open({ digest, sizeBytes }, { offset, length }, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#breaker[Symbol.asyncDispose](), this.#foreign?.[Symbol.asyncDispose]()])
    this.#close()
  }
}

interface Parts {
  readonly breaker: Breaker
  readonly kind: KindOfServer | undefined
  readonly patient: Registry
  readonly hurried: Registry
}

const folderParts = ({ name, isPrivate, clock }: UpstreamOptions & FolderOptions): Parts => {
  const unsigned = new UnsignedRegistry(name, isPrivate)
  return { breaker: new Breaker({ clock, probe: async () => undefined }), kind: undefined, patient: unsigned, hurried: unsigned }
}

const serverParts = (options: UpstreamOptions & ServerOptions): Parts => {
  const { name, http, foreign, clock, isPrivate, timeoutMs = PATIENT.firstByteMs, retries = PATIENT.tries - 1 } = options
  const patience = { ...PATIENT, firstByteMs: timeoutMs, firstChunkMs: timeoutMs, tries: retries + 1 }
  const central = new CentralRegistry({ http, clock, name, isPrivate, patience })
  const inHaste = central.hurried()
  const breaker = new Breaker({ clock, probe: (signal) => inHaste.status(signal).catch(answered) })
  const briefly = new CentralRegistry({ http, clock, name, isPrivate, patience: { ...HURRIED, firstByteMs: REGISTRY_LIMITS.headStartMs } })
  const health = (isHurried: boolean, signal: AbortSignal): Promise<RegistryStatus> => (isHurried ? briefly : central).status(signal)
  const kind = foreign && new KindOfServer({ health, foreign: foreign.registry, memory: foreign.memory, breaker })
  const [patient, hurried] = [new GuardedRegistry(central, breaker, { insists: true }), new GuardedRegistry(inHaste, breaker)]
  if (kind === undefined) return { breaker, kind, patient, hurried }
  const unsigned = new UnsignedRegistry(name, isPrivate)
  const recognised = (ours: Registry, isHurried: boolean): Registry =>
    new RecognisedRegistry(ours, async (signal) => ((await kind.find(isHurried, signal)) === 'foreign' ? unsigned : ours))
  return { breaker, kind, patient: recognised(patient, false), hurried: recognised(hurried, true) }
}

/** A server of another kind than ours answers as well. */
const answered = (error: unknown): undefined => {
  if (!isOfOthers(error)) throw error
}
