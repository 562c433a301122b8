import { type Events, GgenError, NPM_LIMITS, type PeerId, type Sha512, toGgenError } from '#core'
import type { Network } from '#network'
import { type KeptArchives, type KeptFor, oneAtATime } from '#store'
import { type CopyParts, type CopyTalk, recruitCopies, sayToAll } from './copies.ts'
import { type CopyHealth, copyHealth, countCopies, planCopies } from './copy-plan.ts'
import { LOCK } from './kept-reasons.ts'

export interface KeepingAtOthersParts extends CopyParts {
  readonly network: Pick<Network, 'ask' | 'onPeer'>
  readonly events: Events
  readonly kept: KeptArchives
  /** Whether peers may be asked to keep anything: nobody is in this network without its key. */
  readonly asks: boolean
  /** Lets go what is kept here for others that do not ask for it any more. */
  readonly lapse: () => void
}

export interface CopyWish {
  readonly waitMs: number
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

/** How many copies there are of what a lock file keeps, as those say that keep them. */
export interface Copies extends CopyHealth {
  readonly wanted: number
  readonly peers: readonly { readonly peer: PeerId; readonly archives: number }[]
}

/** Health as it was seen last, keepers that were there lately included. */
export interface SeenHealth extends CopyHealth {
  /** Unix milliseconds. */
  readonly at: number
}

type Here = Map<Sha512, PeerId[]>

/**
 * The copies of what lock files keep at peers of a private network. Looks some time after start, every `NPM_LIMITS.copiesEveryMs` and when peers come or go who
 * still keeps what, asks those again so that their leases last, and others where there are too few. Disposing ends it all.
 */
export class KeepingAtOthers implements AsyncDisposable {
  readonly #parts: KeepingAtOthersParts
  readonly #stop = new AbortController()
  readonly #inTurn = oneAtATime()
  /** When a peer said last that it keeps an archive, monotonic. Only in memory: until keepers had time to come back after a start, nobody new is asked. */
  readonly #seen = new Map<Sha512, Map<PeerId, number>>()
  /** What a user had copied since the start: there is no need to wait for keepers from before. */
  readonly #recruited = new Set<Sha512>()
  readonly #health = new Map<string, SeenHealth>()
  readonly #telling = new Set<Promise<void>>()
  readonly #listening = new DisposableStack()
  readonly #startedAt: number
  readonly #rounds: Promise<void>
  #changed = new AbortController()

  constructor(parts: KeepingAtOthersParts) {
    this.#parts = parts
    this.#startedAt = parts.clock.monotonic()
    if (parts.asks) this.#listening.use(parts.network.onPeer(() => this.#changed.abort()))
    this.#rounds = this.#repeat()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening.dispose()
    this.#stop.abort(new GgenError('cancelled', 'this node is stopping'))
    await Promise.all([this.#rounds, ...this.#telling])
  }

  /** Health of what a reason keeps; `undefined`: nobody has looked since the start. */
  healthOf(reason: string): SeenHealth | undefined {
    return this.#health.get(reason)
  }

  /** Has peers keep what a reason keeps here, now, and says what there is after `waitMs` at the latest. Throws `not-pinned`, and the reason of the signal. */
  async recruit(reason: string, { waitMs, signal }: CopyWish): Promise<Copies> {
    const { kept, clock, asks } = this.#parts
    const known = kept.reasons().find((one) => one.reason === reason)
    if (known === undefined) throw new GgenError('not-pinned', 'nothing is kept for this lock file')
    const tarballs = kept.of(reason).map(({ sha512 }) => sha512)
    const keepers = new Map(tarballs.map((sha512) => [sha512, new Set<PeerId>()]))
    if (asks) {
      const until = clock.monotonic() + waitMs
      const talk = this.#talk(AbortSignal.any([signal, this.#stop.signal]), (sha512, peer, keeps) => {
        if (keeps) keepers.get(sha512)?.add(peer)
        else keepers.get(sha512)?.delete(peer)
      })
      const here = await this.#survey(tarballs, talk)
      for (const sha512 of tarballs) this.#recruited.add(sha512)
      const plans = tarballs.map((sha512) => {
        const state = { sha512, replicas: known.copies, here: here.get(sha512) ?? [], seen: new Map(), isPatient: false }
        return planCopies(state, clock.monotonic())
      })
      await recruitCopies(this.#parts, plans, { ...talk, waitMs: Math.max(0, until - clock.monotonic()) })
    }
    this.#judge(known)
    const peers = Map.groupBy([...keepers.values()].flatMap((some) => [...some]), (peer) => peer)
    const health = copyHealth([...keepers.values()].map(({ size }) => size), known.copies)
    return { wanted: known.copies, ...health, peers: [...peers].map(([peer, { length }]) => ({ peer, archives: length })) }
  }

  /** Tells everybody who is there that these need not stay any more, unless a lock file still keeps them. Who is away lets them go by itself, later. */
  letGo(tarballs: readonly Sha512[]): void {
    const telling = this.#inTurn(async () => await this.#attempt(async () => {
      const { kept, asks } = this.#parts
      const still = new Set(this.#locks().flatMap(({ reason }) => kept.of(reason).map(({ sha512 }) => sha512)))
      const gone = tarballs.filter((sha512) => !still.has(sha512))
      for (const sha512 of gone) this.#forget(sha512)
      if (asks) await sayToAll(this.#parts, { word: 'drop', tarballs: gone }, { hear: () => undefined, signal: this.#stop.signal })
    }))
    this.#telling.add(telling)
    void telling.finally(() => this.#telling.delete(telling))
  }

  async #repeat(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#stop
    try {
      await clock.wait(NPM_LIMITS.copiesFirstMs, signal)
      for (;;) {
        this.#changed = new AbortController()
        await this.#inTurn(async () => await this.#attempt(async () => await this.#look()))
        await clock.wait(NPM_LIMITS.copiesPauseMs, signal)
        await this.#untilChanged(NPM_LIMITS.copiesEveryMs - NPM_LIMITS.copiesPauseMs)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #untilChanged(ms: number): Promise<void> {
    const changed = this.#changed.signal
    try {
      await this.#parts.clock.wait(ms, AbortSignal.any([this.#stop.signal, changed]))
    } catch (error) {
      if (!changed.aborted) throw error
      this.#stop.signal.throwIfAborted()
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#stop.signal.aborted) return
    try {
      await work()
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const { code, message } = toGgenError(error)
      this.#parts.events.emit({ type: 'task-failed', task: 'look after copies of archives', code, message })
    }
  }

  async #look(): Promise<void> {
    const { clock, kept, asks, lapse } = this.#parts
    lapse()
    const locks = this.#locks()
    const wanted = new Map<Sha512, number>()
    for (const { reason, copies } of locks) for (const { sha512 } of kept.of(reason)) wanted.set(sha512, Math.max(copies, wanted.get(sha512) ?? 0))
    for (const sha512 of this.#seen.keys()) if (!wanted.has(sha512)) this.#forget(sha512)
    for (const reason of this.#health.keys()) if (!locks.some((lock) => lock.reason === reason)) this.#health.delete(reason)
    if (!asks || wanted.size === 0) return
    const talk = this.#talk(this.#stop.signal)
    const here = await this.#survey([...wanted.keys()], talk)
    const now = clock.monotonic()
    const isYoung = now - this.#startedAt < NPM_LIMITS.keepersComeMs
    const plans = [...wanted].map(([sha512, replicas]) => planCopies({
      sha512, replicas, here: here.get(sha512) ?? [], seen: this.#seen.get(sha512) ?? new Map(), isPatient: isYoung && !this.#recruited.has(sha512),
    }, now))
    await recruitCopies(this.#parts, plans, { ...talk, waitMs: NPM_LIMITS.copiesMs })
    for (const lock of this.#locks()) this.#judge(lock)
  }

  /** Who says that it keeps each, or is fetching it to keep it. */
  async #survey(tarballs: readonly Sha512[], talk: CopyTalk): Promise<Here> {
    const here: Here = new Map()
    await sayToAll(this.#parts, { word: 'ask', tarballs }, {
      signal: talk.signal,
      hear: (sha512, peer, said) => {
        talk.hear(sha512, peer, said)
        if (said !== 'none') here.set(sha512, [...(here.get(sha512) ?? []), peer])
      },
    })
    return here
  }

  #talk(signal: AbortSignal, also?: (sha512: Sha512, peer: PeerId, keeps: boolean) => void): CopyTalk {
    return {
      signal,
      hear: (sha512, peer, said) => {
        const seen = this.#seen.get(sha512) ?? new Map<PeerId, number>()
        if (said === 'kept') this.#seen.set(sha512, seen.set(peer, this.#parts.clock.monotonic()))
        else seen.delete(peer)
        also?.(sha512, peer, said === 'kept')
      },
    }
  }

  #forget(sha512: Sha512): void {
    this.#seen.delete(sha512)
    this.#recruited.delete(sha512)
  }

  #locks(): readonly KeptFor[] {
    return this.#parts.kept.reasons().filter(({ reason }) => reason.startsWith(LOCK))
  }

  /** Notes how many copies there are, and tells when that is not what it was; what nobody has looked at counted as enough. */
  #judge({ reason, copies }: KeptFor): void {
    const { kept, clock, events } = this.#parts
    const now = clock.monotonic()
    const health = copyHealth(kept.of(reason).map(({ sha512 }) => countCopies(this.#seen.get(sha512) ?? new Map(), now)), copies)
    const before = this.#health.get(reason) ?? { lowest: copies, share: 1 }
    this.#health.set(reason, { ...health, at: clock.now() })
    if (Math.min(before.lowest, copies) === Math.min(health.lowest, copies) && before.share === health.share) return
    events.emit({ type: 'npm-copies-changed', lockfile: reason.slice(LOCK.length), wanted: copies, ...health })
  }
}
