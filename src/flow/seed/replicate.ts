import type { BlobSource } from '#bulk'
import { type Artifact, type Clock, isGgenError, LIMITS, type PeerId, type Random, type ReleaseOp } from '#core'
import type { Network } from '#network'
import { blobNotFound, type BlobStore } from '#store'
import { decodeSeedAnswer, encodeSeedQuestion, type SeedAnswer } from '#wire'
import { Recruiting, type Reluctance } from './recruiting.ts'

export interface ReplicateParts {
  readonly network: Network
  readonly blobs: BlobStore
  readonly source: BlobSource
  readonly clock: Clock
  readonly random: Random
  /** Connected peers that say they hold the whole blob. */
  readonly holdersOf: (artifact: Artifact, signal: AbortSignal) => Promise<readonly PeerId[]>
}

/** How many copies are wanted, and for how long somebody waits for them. */
export interface ReplicaWish {
  /** Copies on other nodes, 1 to `LIMITS.replicas`. */
  readonly replicas: number
  readonly waitMs: number
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

/** Who keeps a copy of a release. */
export interface Replication {
  readonly wanted: number
  /** Other nodes that proved to hold the archive, first come first; perhaps more than wanted. */
  readonly holders: readonly PeerId[]
  /** Nodes that said they would, and had not by the end. */
  readonly promised: readonly PeerId[]
  readonly declined: readonly { readonly peer: PeerId; readonly why: Reluctance }[]
}

/** What a holder has to give of the archive before it counts: enough that nobody guesses it, too little to be a burden. */
const PROOF_BYTES = 16 * 1024

/**
 * Asks connected peers to fetch the archive of a release that this node holds, until `replicas` others have it, nobody is left who could, or
 * the time is over. Pushes nothing. Throws `blob-not-found` when this node does not hold it, and the reason of the aborted signal.
 */
export const replicate = async (parts: ReplicateParts, release: ReleaseOp, { replicas, waitMs, signal }: ReplicaWish): Promise<Replication> => {
  const { clock, network } = parts
  const { digest } = release.body.artifact
  if ((await parts.blobs.size(digest)) === undefined) throw blobNotFound(digest)
  const recruiting = new Recruiting(replicas)
  const deadline = clock.timeout(waitMs)
  const over = AbortSignal.any([signal, deadline])
  const round = new Round(parts, release, recruiting)
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
      await round.prove(over)
      if (recruiting.isDone) break
      await round.ask(over)
      if (recruiting.isHopeless(seeders(network), clock.monotonic())) break
      await clock.wait(pauseMs, over)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
  }
  return { wanted: replicas, holders: recruiting.holders, ...recruiting.others() }
}

const FIRST_PAUSE_MS = 125
const LAST_PAUSE_MS = 2000

const seeders = (network: Network): readonly PeerId[] =>
  network.peers().filter(({ protocols }) => protocols.includes('/ggen/seed/1')).map(({ peer }) => peer)

/** What is done again and again until there are enough copies. */
class Round {
  readonly #parts: ReplicateParts
  readonly #release: ReleaseOp
  readonly #recruiting: Recruiting
  readonly #question: Uint8Array

  constructor(parts: ReplicateParts, release: ReleaseOp, recruiting: Recruiting) {
    this.#parts = parts
    this.#release = release
    this.#recruiting = recruiting
    this.#question = encodeSeedQuestion({ release: release.id, identity: release.identity, name: release.body.name })
  }

  /** Counts those that say they hold it and give the right bytes of a place that they could not foresee. */
  async prove(signal: AbortSignal): Promise<void> {
    const named = await this.#parts.holdersOf(this.#release.body.artifact, signal)
    const unproven = named.filter((peer) => this.#recruiting.isUnproven(peer)).slice(0, LIMITS.replicas)
    await Promise.all(unproven.map((peer) => this.#proveOne(peer, signal)))
  }

  async ask(signal: AbortSignal): Promise<void> {
    const { network, random, clock } = this.#parts
    const chosen = this.#recruiting.toAsk(shuffled(seeders(network), random), clock.monotonic())
    await Promise.all(chosen.map(async (peer) => this.#recruiting.answered(peer, await this.#askOne(peer, signal), clock.monotonic())))
  }

  /** A peer that is gone, slow or wrong has given no answer; it is asked again or replaced. */
  async #askOne(peer: PeerId, signal: AbortSignal): Promise<SeedAnswer | undefined> {
    try {
      return decodeSeedAnswer(await this.#parts.network.ask(peer, '/ggen/seed/1', this.#question, signal))
    } catch (error) {
      signal.throwIfAborted()
      if (isGgenError(error)) return undefined
      throw error
    }
  }

  async #proveOne(peer: PeerId, signal: AbortSignal): Promise<void> {
    const { blobs, source, clock, random } = this.#parts
    const { digest, sizeBytes } = this.#release.body.artifact
    const length = Math.min(PROOF_BYTES, sizeBytes)
    const range = { offset: Math.floor(random.fraction() * (sizeBytes - length + 1)), length }
    const expected = await blobs.read(digest, range, signal)
    const given: Uint8Array[] = []
    try {
      const soon = AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)])
      for await (const chunk of source.read({ peer, digest, sizeBytes, ...range }, soon)) given.push(chunk)
    } catch (error) {
      signal.throwIfAborted()
      // It may come to give what it names: the next round asks again.
      if (isGgenError(error) || isTimeout(error)) return
      throw error
    }
    if (Buffer.concat(given).equals(expected)) this.#recruiting.proven(peer)
    // No ban: it could be our own disk that lost a bit.
    else this.#recruiting.lied(peer)
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

/** A copy in random order, so that not always the same peers carry the burden. */
const shuffled = <Item>(items: readonly Item[], random: Random): readonly Item[] =>
  items.map((item) => ({ item, rank: random.fraction() })).sort((a, b) => a.rank - b.rank).map(({ item }) => item)
