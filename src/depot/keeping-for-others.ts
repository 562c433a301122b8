import { type Artifact, type Clock, type Events, GgenError, NPM_LIMITS, type PeerId, type Sha512, toGgenError } from '#core'
import type { Network } from '#network'
import type { BlobStore, KeptArchives, NpmRecords } from '#store'
import type { KeepWord, NpmAnswer } from '#wire'
import { AskBatch } from './ask-batch.ts'
import { FOR } from './kept-reasons.ts'
import { TarballHasher } from './tarball-hashes.ts'

export interface KeepingParts {
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly network: Network
  readonly clock: Clock
  readonly events: Events
  readonly kept: KeptArchives
  /** Brings a blob from a peer that says that it has it. Throws as `Transfers.fetch`. */
  readonly fetchFrom: (artifact: Artifact, peer: PeerId, signal: AbortSignal) => Promise<unknown>
  /** Whether this node keeps anything for a peer. */
  readonly keepsFor: (peer: PeerId) => boolean
}

interface Wanted {
  readonly sha512: Sha512
  readonly from: PeerId
}

interface Fetching {
  readonly from: PeerId
  readonly done: Promise<void>
  /** It is not wanted any more. */
  readonly stop: AbortController
}

type Answers = NpmAnswer['tarballs']

/** What a peer says about copies that are kept for it. */
export interface KeepQuestion {
  readonly word: KeepWord
  readonly tarballs: readonly Sha512[]
  readonly from: PeerId
}

/**
 * Archives that peers of a private network ask this node to keep: from them, by their hash, within its quota, until they say that they need not stay, or have
 * not asked for them again for `NPM_LIMITS.leaseMs`. Disposing ends what is under way.
 */
export class KeepingForOthers implements AsyncDisposable {
  readonly #parts: KeepingParts
  readonly #waiting = new Map<Sha512, PeerId>()
  readonly #running = new Map<Sha512, Fetching>()
  /** What could not be had, and until when it is not tried again; monotonic. */
  readonly #failed = new Map<Sha512, number>()
  readonly #stop = new AbortController()

  constructor(parts: KeepingParts) {
    this.#parts = parts
  }

  /** What is true of each afterwards: it is kept for this peer, it is being fetched, or it is not kept. Throws the reason of an aborted signal. */
  async answer({ word, tarballs, from }: KeepQuestion, signal: AbortSignal): Promise<Answers> {
    if (!this.#parts.keepsFor(from)) return tarballs.map(() => undefined)
    if (word === 'ask') return await this.#tell(tarballs, from, signal)
    return word === 'take' ? await this.#take(tarballs, from, signal) : this.#letGo(tarballs, from)
  }

  /** Lets go what nobody has asked for again for a long time. */
  lapse(): void {
    const { kept, clock } = this.#parts
    kept.lapse(FOR, clock.now() - NPM_LIMITS.leaseMs)
  }

  /** Resolves when nothing is waited for any more. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.clear()
    this.#stop.abort(new GgenError('cancelled', 'this node is stopping'))
    await this.settle()
  }

  async #tell(tarballs: readonly Sha512[], from: PeerId, signal: AbortSignal): Promise<Answers> {
    const answers: Answers[number][] = []
    for (const sha512 of tarballs) {
      signal.throwIfAborted()
      const held = await this.#held(sha512)
      const isKept = held !== undefined && this.#parts.kept.since(FOR + from, held.digest) !== undefined
      const isComing = this.#waiting.get(sha512) === from || this.#running.get(sha512)?.from === from
      answers.push(isKept ? held : isComing ? 'coming' : undefined)
    }
    return answers
  }

  async #take(tarballs: readonly Sha512[], from: PeerId, signal: AbortSignal): Promise<Answers> {
    const { kept, clock } = this.#parts
    const now = clock.now()
    const again: Artifact[] = []
    const answers: Answers[number][] = []
    let roomBytes = this.#roomBytes()
    for (const sha512 of tarballs) {
      signal.throwIfAborted()
      const held = await this.#held(sha512)
      if (held === undefined) {
        answers.push(this.#fetchSoon({ sha512, from }, roomBytes))
        continue
      }
      const isNew = !kept.has(held.digest)
      if (isNew && held.sizeBytes > roomBytes) {
        answers.push(undefined)
        continue
      }
      if (isNew) roomBytes -= held.sizeBytes
      // A disk that is written to for every look of every peer is never at rest.
      if ((kept.since(FOR + from, held.digest) ?? -Infinity) <= now - NPM_LIMITS.leaseAgainMs) again.push(held)
      answers.push(held)
    }
    if (again.length > 0) kept.add(FOR + from, again, now)
    return answers
  }

  #letGo(tarballs: readonly Sha512[], from: PeerId): Answers {
    this.#parts.kept.remove(FOR + from, tarballs)
    for (const sha512 of tarballs) {
      if (this.#waiting.get(sha512) === from) this.#waiting.delete(sha512)
      const running = this.#running.get(sha512)
      if (running?.from === from) running.stop.abort(new GgenError('cancelled', 'it is not wanted any more'))
    }
    return tarballs.map(() => undefined)
  }

  async #held(sha512: Sha512): Promise<Artifact | undefined> {
    const { records, blobs } = this.#parts
    const known = records.tarball(sha512)
    if (known === undefined || (await blobs.size(known.digest)) !== known.sizeBytes) return undefined
    return { digest: known.digest, sha512, sizeBytes: known.sizeBytes }
  }

  #roomBytes(): number {
    const bytes = this.#parts.kept.reasons().reduce((sum, one) => sum + (one.reason.startsWith(FOR) ? one.bytes : 0), 0)
    return NPM_LIMITS.keptForOthersBytes - bytes
  }

  #fetchSoon({ sha512, from }: Wanted, roomBytes: number): 'coming' | undefined {
    if (this.#waiting.has(sha512) || this.#running.has(sha512)) return 'coming'
    const isVain = (this.#failed.get(sha512) ?? -Infinity) > this.#parts.clock.monotonic()
    if (isVain || this.#stop.signal.aborted || this.#waiting.size >= NPM_LIMITS.keepQueue || roomBytes < 0) return undefined
    this.#waiting.set(sha512, from)
    this.#next()
    return 'coming'
  }

  #next(): void {
    while (this.#running.size < NPM_LIMITS.keepAtOnce) {
      const [first] = this.#waiting
      if (first === undefined) return
      const [sha512, from] = first
      this.#waiting.delete(sha512)
      const stop = new AbortController()
      const signal = AbortSignal.any([this.#stop.signal, stop.signal])
      const done = this.#bring({ sha512, from }, signal).catch((error: unknown) => signal.aborted || this.#note(sha512, error)).then(() => {
        this.#running.delete(sha512)
        this.#next()
      })
      this.#running.set(sha512, { from, done, stop })
    }
  }

  #note(sha512: Sha512, error: unknown): void {
    const { events, clock } = this.#parts
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size < NPM_LIMITS.keepQueue) break
      this.#failed.delete(oldest)
    }
    this.#failed.set(sha512, clock.monotonic() + NPM_LIMITS.keepAgainMs)
    const { code, message } = toGgenError(error)
    events.emit({ type: 'task-failed', task: 'keep an archive for a peer', code, message })
  }

  /** Asks who wants it kept for the bytes, and checks them. */
  async #bring({ sha512, from }: Wanted, signal: AbortSignal): Promise<void> {
    const { records, blobs, kept, clock, fetchFrom } = this.#parts
    const reply = await new AskBatch({ ...this.#parts, peer: from }).ask(sha512, false, signal)
    signal.throwIfAborted()
    if (typeof reply === 'string') throw new GgenError('no-holder', `${from} has not what it wants to be kept`)
    const { digest, sizeBytes } = reply
    if (sizeBytes > this.#roomBytes()) throw new GgenError('disk-full', 'what is kept for others has no more room')
    await fetchFrom({ digest, sha512, sizeBytes }, from, signal)
    const hasher = new TarballHasher()
    for await (const chunk of blobs.stream(digest, { signal })) hasher.update(chunk)
    const found = hasher.finish()
    if (found.sha512 !== sha512) throw new GgenError('integrity', `${from} gave other bytes than it wants to be kept`)
    signal.throwIfAborted()
    // Nobody here knows whether it came with credentials.
    records.noteTarball({ digest, sha512, sha1: found.sha1, sizeBytes: found.sizeBytes, isPrivate: true })
    kept.add(FOR + from, [{ digest, sha512, sizeBytes: found.sizeBytes }], clock.now())
  }
}
