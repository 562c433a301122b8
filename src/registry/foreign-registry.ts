import { type Clock, FINISHED, GgenError, isGgenError, type PackageName, REGISTRY_LIMITS } from '#core'
import { type ForeignIndex, type ForeignSource, type FoundIndex, type MirrorStore, readIndex, type VouchedVersion } from '#foreign'
import { Breaker } from './breaker.ts'
import { isFailure } from './failures.ts'

export interface ForeignParts {
  readonly source: ForeignSource
  /** What this machine remembers of it, as it is now. */
  readonly openMirror: () => Promise<MirrorStore>
  readonly clock: Clock
  /** Whether it may hear of private names. */
  readonly isPrivate: boolean
  /** How long it is waited for where nobody else can be asked. */
  readonly patientMs: number
  /** How long what it said is taken without asking again. */
  readonly ttlMs: number
}

/** What an index says, and what it said before: the same for as long as one question takes. */
export interface ForeignLook {
  readonly index: ForeignIndex
  readonly mirror: MirrorStore
  /** Why it is what it said a while ago, at that moment in Unix milliseconds; absent: it is what it says. */
  readonly stale?: { readonly because?: GgenError; readonly asOf?: number }
}

export interface LookOptions {
  /** Others can be asked instead. */
  readonly isHurried?: boolean
  /** What it said before is not enough. */
  readonly isAnew?: boolean
  /** It is not asked: what it said before, whenever that was. */
  readonly isOffline?: boolean
}

interface Said {
  readonly index: ForeignIndex
  readonly atMs: number
}

/**
 * The index of a registry of somebody else. It has no signed records, and is no `Registry`: it vouches for bytes by their digests. It is read as a whole, is
 * remembered for a while, and what it said last is better than nothing while it cannot be asked. Disposing ends what is under way.
 */
export class ForeignRegistry implements AsyncDisposable {
  readonly isPrivate: boolean
  readonly #parts: ForeignParts
  readonly #breaker: Breaker
  readonly #stop = new AbortController()
  #said: Said | undefined
  #reading: Promise<Said> | undefined

  constructor(parts: ForeignParts) {
    this.isPrivate = parts.isPrivate
    this.#parts = parts
    this.#breaker = new Breaker({ clock: parts.clock, probe: () => this.#read() })
  }

  /** What may be told of where it is; locks name it so. */
  get name(): string {
    return this.#parts.source.shownAs
  }

  /** Whether it did not answer when it was last asked. */
  get isAvoided(): boolean {
    return this.#breaker.refusal !== undefined
  }

  /** Throws what the source throws, `index-invalid` and `timeout`, where nothing is remembered either. */
  async look({ isHurried = false, isAnew = false, isOffline = false }: LookOptions, signal: AbortSignal): Promise<ForeignLook> {
    signal.throwIfAborted()
    const mirror = await this.#parts.openMirror()
    const said = this.#said
    const isFresh = said !== undefined && !isAnew && this.#parts.clock.monotonic() - said.atMs < this.#parts.ttlMs
    if (isFresh) return { index: said.index, mirror }
    if (isOffline) return await this.#recall(mirror, undefined)
    const { refusal } = this.#breaker
    if (refusal !== undefined && isHurried) return await this.#recall(mirror, refusal)
    try {
      const { index } = await this.#within(isHurried ? REGISTRY_LIMITS.headStartMs : this.#parts.patientMs, signal)
      this.#breaker.answered()
      return { index, mirror }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error)) throw error
      if (isFailure(error)) this.#breaker.failed(error)
      return await this.#recall(mirror, error)
    }
  }

  /** The archive of a version, unchecked, as `ForeignSource.openArchive`. */
  openArchive(name: PackageName, version: VouchedVersion, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.#parts.source.openArchive(name, version, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(FINISHED)
    await this.#breaker[Symbol.asyncDispose]()
    await Promise.allSettled([this.#reading])
  }

  /** One reading for all who wait; it goes on when they do not wait any longer, and who asks next has it. */
  #read(): Promise<Said> {
    if (this.#reading !== undefined) return this.#reading
    const reading = this.#readOnce().finally(() => {
      this.#reading = undefined
    })
    // Whoever waits for it hears of its failure.
    reading.catch(() => undefined)
    this.#reading = reading
    return reading
  }

  async #readOnce(): Promise<Said> {
    const found = await this.#parts.source.readIndex(this.#stop.signal)
    if (found.because !== undefined) throw found.because
    const said = { index: indexOf(found), atMs: this.#parts.clock.monotonic() }
    this.#said = said
    return said
  }

  async #within(ms: number, signal: AbortSignal): Promise<Said> {
    const { clock } = this.#parts
    const over = new AbortController()
    const ending = AbortSignal.any([signal, over.signal])
    const late = async (): Promise<never> => {
      await clock.wait(ms, ending)
      // This node may have been busy itself: what came meanwhile is heard first.
      await clock.wait(0, ending)
      throw new GgenError('timeout', `${this.name} does not answer in time`)
    }
    const waiting = late()
    // Whoever waits for it hears of it; it ends with the reading as well.
    waiting.catch(() => undefined)
    try {
      return await Promise.race([this.#read(), waiting])
    } finally {
      over.abort(FINISHED)
    }
  }

  async #recall(mirror: MirrorStore, because: GgenError | undefined): Promise<ForeignLook> {
    const stale = because === undefined ? {} : { because }
    if (this.#said !== undefined) return { index: this.#said.index, mirror, stale }
    const found = await this.#parts.source.recall()
    if (found === undefined) throw because ?? new GgenError('path-not-found', `nothing is remembered of ${this.name}`)
    return { index: indexOf(found), mirror, stale: { ...stale, ...(found.asOf !== undefined && { asOf: found.asOf }) } }
  }
}

const indexOf = ({ bytes, at }: FoundIndex): ForeignIndex => readIndex(bytes, at)
