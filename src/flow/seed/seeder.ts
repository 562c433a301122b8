import {
  type Clock, type Events, type GgenError, type GgenEvent, type IdentityId, isGgenError, LIMITS, type PackageName, type PackageSpec, type PeerId, type Random,
  type ReleaseOp, toGgenError, type Version, versionSlot,
} from '#core'
import type { Network } from '#network'
import type { BlobStore, Catalogue } from '#store'
import type { PackageView, ReleaseView } from '#trust'
import { decodeSeedQuestion, encodeSeedAnswer, type SeedAnswer, type SeedQuestion } from '#wire'
import { followedEntries } from './followed-entries.ts'
import { isFollowed, type PackageKey, type SeedPolicy } from './seed-policy.ts'
import { SeedQueue, type Wish, wishKey } from './seed-queue.ts'

export interface SeedParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly policy: SeedPolicy
  /** Releases that the user pinned; read often. Their packages are followed like those of the policy. */
  readonly pinned: () => readonly (PackageKey & { readonly version: Version })[]
  /** The identity that this node has bound to a name. */
  readonly boundTo: (name: PackageName) => IdentityId | undefined
  /** What the ops that are here say of a package. */
  readonly view: (key: PackageKey) => PackageView | undefined
  /** Whether this node gives a release to nobody. */
  readonly refuses: (release: ReleaseOp) => boolean
  /** Brings, verifies and keeps one release without disturbing what people wait for. */
  readonly fetch: (spec: PackageSpec, signal: AbortSignal) => Promise<unknown>
  /** Asks a peer for the ops of a package. Throws what asking throws. */
  readonly learn: (key: PackageKey, from: PeerId, signal: AbortSignal) => Promise<unknown>
}

/**
 * Keeps copies for others: answers `/ggen/seed/1`, fetches new releases of what it follows as they become known, and catches up on what it
 * missed when peers are there, then every `LIMITS.seedEveryMs`, sooner after failures. Failures that time may heal are not reported. Disposing ends it all.
 */
export class Seeder implements AsyncDisposable {
  readonly #parts: SeedParts
  readonly #queue = new SeedQueue((wish, signal) => this.#bring(wish, signal))
  readonly #subscriptions = new DisposableStack()
  readonly #stop = new AbortController()
  readonly #rounds: Promise<void>
  /** Wishes that no other try will fulfil. */
  readonly #vain = new Set<string>()
  /** Something that is wanted could not be had. */
  #missed = false
  #fullUntil = -Infinity

  constructor(parts: SeedParts) {
    this.#parts = parts
    this.#subscriptions.use(parts.events.subscribe((event) => this.#hear(event)))
    this.#subscriptions.use(
      parts.network.answer('/ggen/seed/1', async (question, from, signal) =>
        encodeSeedAnswer(await this.#consider(decodeSeedQuestion(question), from, signal))),
    )
    this.#rounds = this.#repeat()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscriptions.dispose()
    this.#stop.abort()
    await Promise.all([this.#rounds, this.#queue[Symbol.asyncDispose]()])
  }

  // ---- asked by a peer

  async #consider(question: SeedQuestion, from: PeerId, signal: AbortSignal): Promise<SeedAnswer> {
    const interest = this.#interest(question)
    let found = this.#named(question)
    if (found !== undefined && this.#parts.refuses(found.release)) return { answer: 'declined', why: 'policy' }
    if (found !== undefined && (await this.#holds(found.release))) return { answer: 'held' }
    if (interest === undefined) return { answer: 'declined', why: 'policy' }
    found ??= await this.#learn(question, from, signal)
    if (found === undefined) return { answer: 'declined', why: 'unknown-release' }
    if (!this.#stands(found)) return { answer: 'declined', why: 'policy' }
    const { identity, body: { name, version, artifact } } = found.release
    if (!(await this.#hasRoom(artifact.sizeBytes, interest.mayEvict))) return { answer: 'declined', why: 'quota' }
    return this.#queue.add({ identity, name, version, ...interest }) ? { answer: 'willing' } : { answer: 'declined', why: 'busy' }
  }

  async #learn(question: SeedQuestion, from: PeerId, signal: AbortSignal): Promise<ReleaseView | undefined> {
    try {
      await this.#parts.learn({ identity: question.identity, name: question.name }, from, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error)) throw error
    }
    return this.#named(question)
  }

  // ---- by itself

  #hear(event: GgenEvent): void {
    if (event.type !== 'release-added' || event.source === 'own') return
    const { identity, name, version } = event
    try {
      const interest = this.#interest({ identity, name })
      if (interest !== undefined && !this.#queue.add({ identity, name, version, ...interest })) this.#missed = true
    } catch (error) {
      this.#broken(error)
    }
  }

  async #repeat(): Promise<void> {
    const { clock, random } = this.#parts
    let failedRounds = 0
    try {
      for (;;) {
        await this.#company()
        this.#missed = false
        await this.#catchUp()
        await this.#queue.settle()
        failedRounds = this.#missed ? failedRounds + 1 : 0
        const pauseMs = failedRounds === 0 ? LIMITS.seedEveryMs : Math.min(LIMITS.seedEveryMs, LIMITS.seedFirstRetryMs * 2 ** (failedRounds - 1))
        await clock.wait(pauseMs * (0.75 + random.fraction() / 2), this.#stop.signal)
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    }
  }

  /** Resolves when there is a peer; nothing can be fetched before. */
  async #company(): Promise<void> {
    const { network } = this.#parts
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => reject(this.#stop.signal.reason)
    using _listening = network.onPeer(({ type }) => {
      if (type === 'connected') resolve()
    })
    this.#stop.signal.addEventListener('abort', onAbort, { once: true })
    if (this.#stop.signal.aborted) onAbort()
    else if (network.peers().length > 0) resolve()
    try {
      await promise
    } finally {
      this.#stop.signal.removeEventListener('abort', onAbort)
    }
  }

  /** Asks for what is missing of the pinned releases, and of the newest of all followed packages as far as there is free room. */
  async #catchUp(): Promise<void> {
    const { catalogue, policy, blobs, pinned } = this.#parts
    try {
      const wishes: Wish[] = pinned().map(({ identity, name, version }) => ({ identity, name, version, mayEvict: true }))
      for (const { identity, name, version, digest } of followedEntries(catalogue, policy, (key) => this.#interest(key) !== undefined)) {
        if ((await blobs.size(digest)) === undefined) wishes.push({ identity, name, version, mayEvict: false })
      }
      for (const wish of wishes) if (!this.#queue.add(wish)) this.#missed = true
    } catch (error) {
      this.#broken(error)
    }
  }

  #broken(error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#missed = true
    const { code, message } = toGgenError(error)
    this.#parts.events.emit({ type: 'task-failed', task: 'seed', code, message })
  }

  // ---- both

  async #bring(wish: Wish, signal: AbortSignal): Promise<void> {
    try {
      // The name may have become contested since it was wished for.
      if (this.#interest(wish) === undefined) return
      const found = this.#parts.view(wish)?.releases.get(versionSlot(wish.version))
      if (found === undefined || !this.#stands(found) || this.#vain.has(wishKey(wish)) || (await this.#holds(found.release))) return
      if (!(await this.#hasRoom(found.release.body.artifact.sizeBytes, wish.mayEvict))) return
      signal.throwIfAborted()
      await this.#parts.fetch({ identity: wish.identity, name: wish.name, range: wish.version }, signal)
    } catch (error) {
      if (!signal.aborted) this.#failed(wish, toGgenError(error))
    }
  }

  #failed(wish: Wish, { code, kind, message }: GgenError): void {
    if (kind.retryable) this.#missed = true
    else if (this.#vain.size < LIMITS.seedQueue) this.#vain.add(wishKey(wish))
    if (code === 'disk-full') this.#fullUntil = this.#parts.clock.monotonic() + LIMITS.seedEveryMs
    if (kind.retryable && code !== 'disk-full') return
    this.#parts.events.emit({ type: 'task-failed', task: `seed ${wish.name}@${wish.version}`, code, message })
  }

  /**
   * Nothing for what this node does not keep for others. Anybody may publish under a followed name, so room is made only for whom the user
   * chose; whoever else has the name gets free room while nobody disputes it.
   */
  #interest({ identity, name }: PackageKey): Pick<Wish, 'mayEvict'> | undefined {
    const { policy, pinned, boundTo, catalogue } = this.#parts
    const isChosen = policy.identities.has(identity) || pinned().some((one) => one.identity === identity && one.name === name)
    if (isChosen) return { mayEvict: true }
    const isNamed = isFollowed(policy, { identity, name })
    const bound = isNamed ? boundTo(name) : undefined
    if (bound === identity) return { mayEvict: true }
    const isAlone = isNamed && bound === undefined && catalogue.claimants(name).every((claimant) => claimant === identity)
    return isAlone || policy.all ? { mayEvict: false } : undefined
  }

  #stands({ release, standing }: ReleaseView): boolean {
    return (standing === 'live' || standing === 'deprecated') && !this.#parts.refuses(release)
  }

  #named(question: SeedQuestion): ReleaseView | undefined {
    return this.#parts.view(question)?.releases.values().find(({ release }) => release.id === question.release)
  }

  async #holds({ body }: ReleaseOp): Promise<boolean> {
    return (await this.#parts.blobs.size(body.artifact.digest)) === body.artifact.sizeBytes
  }

  /** What only fits when other things go is left to the store, which knows what may not. */
  async #hasRoom(sizeBytes: number, mayEvict: boolean): Promise<boolean> {
    if (this.#parts.clock.monotonic() < this.#fullUntil) return false
    const { bytes, partialBytes, quotaBytes } = await this.#parts.blobs.usage()
    return sizeBytes + (mayEvict ? 0 : bytes + partialBytes) <= quotaBytes
  }
}
