import { type Artifact, type Clock, type Events, GgenError, NPM_LIMITS, type PeerId, type Sha512, toGgenError } from '#core'
import type { Network } from '#network'
import type { BlobStore, KeptArchives, NpmRecords } from '#store'
import type { NpmAnswer } from '#wire'
import { AskBatch } from './ask-batch.ts'
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

/** Reasons of archives that are kept for others begin so. */
const FOR = 'for '

/** Archives that peers of a private network ask this node to keep: from them, by their hash, within its quota. Disposing ends what is under way. */
export class KeepingForOthers implements AsyncDisposable {
  readonly #parts: KeepingParts
  readonly #waiting = new Map<Sha512, PeerId>()
  readonly #running = new Map<Sha512, Promise<void>>()
  /** What could not be had, and until when it is not tried again; monotonic. */
  readonly #failed = new Map<Sha512, number>()
  readonly #stop = new AbortController()

  constructor(parts: KeepingParts) {
    this.#parts = parts
  }

  /** What becomes of each: it is kept from now on, it is being fetched, or it will not be kept. Throws the reason of an aborted signal. */
  async answer(tarballs: readonly Sha512[], from: PeerId, signal: AbortSignal): Promise<NpmAnswer['tarballs']> {
    if (!this.#parts.keepsFor(from)) return tarballs.map(() => undefined)
    const answers: NpmAnswer['tarballs'][number][] = []
    for (const sha512 of tarballs) {
      signal.throwIfAborted()
      const held = await this.#held(sha512)
      answers.push(held === undefined ? this.#fetchSoon({ sha512, from }) : this.#keepHeld(held, from))
    }
    return answers
  }

  /** Resolves when nothing is waited for any more. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.clear()
    this.#stop.abort(new GgenError('cancelled', 'this node is stopping'))
    await Promise.all(this.#running.values())
  }

  async #held(sha512: Sha512): Promise<Artifact | undefined> {
    const { records, blobs } = this.#parts
    const known = records.tarball(sha512)
    if (known === undefined || (await blobs.size(known.digest)) !== known.sizeBytes) return undefined
    return { digest: known.digest, sha512, sizeBytes: known.sizeBytes }
  }

  #keepHeld(held: Artifact, from: PeerId): Artifact | undefined {
    const { kept, clock } = this.#parts
    if (!kept.has(held.digest) && !this.#hasRoom(held.sizeBytes)) return undefined
    kept.add(FOR + from, held, clock.now())
    return held
  }

  #hasRoom(sizeBytes: number): boolean {
    const bytes = this.#parts.kept.reasons().reduce((sum, one) => sum + (one.reason.startsWith(FOR) ? one.bytes : 0), 0)
    return bytes + sizeBytes <= NPM_LIMITS.keptForOthersBytes
  }

  #fetchSoon({ sha512, from }: Wanted): 'coming' | undefined {
    if (this.#waiting.has(sha512) || this.#running.has(sha512)) return 'coming'
    const isVain = (this.#failed.get(sha512) ?? -Infinity) > this.#parts.clock.monotonic()
    if (isVain || this.#stop.signal.aborted || this.#waiting.size >= NPM_LIMITS.keepQueue || !this.#hasRoom(0)) return undefined
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
      const running = this.#bring({ sha512, from }).catch((error: unknown) => this.#note(sha512, error)).finally(() => {
        this.#running.delete(sha512)
        this.#next()
      })
      this.#running.set(sha512, running)
    }
  }

  #note(sha512: Sha512, error: unknown): void {
    if (this.#stop.signal.aborted) return
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
  async #bring({ sha512, from }: Wanted): Promise<void> {
    const { records, blobs, kept, clock, fetchFrom } = this.#parts
    const { signal } = this.#stop
    const reply = await new AskBatch({ ...this.#parts, peer: from }).ask(sha512, false, signal)
    signal.throwIfAborted()
    if (typeof reply === 'string') throw new GgenError('no-holder', `${from} has not what it wants to be kept`)
    const { digest, sizeBytes } = reply
    if (!this.#hasRoom(sizeBytes)) throw new GgenError('disk-full', 'what is kept for others has no more room')
    await fetchFrom({ digest, sha512, sizeBytes }, from, signal)
    const hasher = new TarballHasher()
    for await (const chunk of blobs.stream(digest, { signal })) hasher.update(chunk)
    const found = hasher.finish()
    if (found.sha512 !== sha512) throw new GgenError('integrity', `${from} gave other bytes than it wants to be kept`)
    // Nobody here knows whether it came with credentials.
    records.noteTarball({ digest, sha512, sha1: found.sha1, sizeBytes: found.sizeBytes, isPrivate: true })
    kept.add(FOR + from, { digest, sha512, sizeBytes: found.sizeBytes }, clock.now())
  }
}
