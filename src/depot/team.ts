import { createHash } from 'node:crypto'
import { type Clock, type Digest, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import type { Network } from '#network'
import { type AskedDocument, decodeNpmAnswer, encodeNpmQuestion, type HeldDocument } from '#wire'
import { AskBatch, type TarballReply } from './ask-batch.ts'
import { TeamPatience, untilNextLook } from './team-patience.ts'

export interface TeamParts {
  readonly network: Network
  readonly clock: Clock
  /** Whether a peer may know what is installed here, and is believed when it says that something is coming: of the same network or the same place. */
  readonly isTeam: (peer: PeerId) => boolean
}

/** An archive that a peer has. */
export interface FoundTarball {
  readonly peer: PeerId
  readonly digest: Digest
  readonly sizeBytes: number
  /** It came with the answer; nobody has checked it. */
  readonly bytes?: Uint8Array
}

export interface Finding {
  readonly signal: AbortSignal
  readonly patient?: boolean
  /** Who is not asked: what they gave was wrong. */
  readonly except?: ReadonlySet<PeerId>
}

/** What a peer says of an archive. */
export interface SurveyedPeer {
  readonly peer: PeerId
  readonly says: 'held' | 'coming' | 'none'
  readonly ms: number
}

/** What a peer has of a package, as it says. */
export interface ToldDocument {
  readonly peer: PeerId
  readonly document: HeldDocument
}

type Held = Exclude<TarballReply, string>

/** Who fetches what several want at the same time: the smaller one. Different for each archive, so that the work is shared. */
export const rankOf = (peer: PeerId, sha512: Sha512): string => createHash('sha256').update(peer).update(sha512).digest('hex')

/** Peers that install the same things: what one of them has, the others need not fetch. */
export class Team {
  readonly #parts: TeamParts
  readonly #batches = new Map<PeerId, AskBatch>()
  readonly #patience = new TeamPatience()

  constructor(parts: TeamParts) {
    this.#parts = parts
  }

  /** Those who can be asked now. */
  get peers(): readonly PeerId[] {
    const { network, isTeam } = this.#parts
    return network.peers().filter(({ peer, protocols }) => protocols.includes('/ggen/npm/1') && isTeam(peer)).map(({ peer }) => peer)
  }

  /**
   * The first peer that has an archive. Waits a moment only, but longer for those that were quick or useful until now, and for one who says that it is
   * coming; `undefined`: nobody has it. `patient`: waits for all of them. Throws the reason of an aborted signal.
   */
  async find(sha512: Sha512, { signal, patient = false, except }: Finding): Promise<FoundTarball | undefined> {
    const peers = this.peers.filter((peer) => except?.has(peer) !== true)
    if (peers.length === 0) return undefined
    const favourite = this.#patience.favourite(peers)
    const comers = new Set<PeerId>()
    const ask = async (peer: PeerId): Promise<FoundTarball | undefined> => {
      const reply = await this.#timed(peer, () => this.#batchOf(peer).ask(sha512, peer === favourite, signal))
      if (reply === 'coming' && this.#patience.believes(peer)) comers.add(peer)
      return typeof reply === 'string' ? undefined : this.#note({ peer, ...reply })
    }
    const found = await this.#first(peers, ask, { signal, isWorth: patient ? () => true : (peer) => this.#patience.isWorth(peer) })
    signal.throwIfAborted()
    return found ?? (comers.size === 0 ? undefined : this.#note(await this.#await(sha512, comers, signal)))
  }

  async #timed(peer: PeerId, ask: () => Promise<TarballReply>): Promise<TarballReply> {
    const { clock } = this.#parts
    const began = clock.monotonic()
    const reply = await ask()
    this.#patience.answered(peer, reply, clock.monotonic() - began)
    return reply
  }

  /** What each of them says of an archive, and after how many milliseconds; whoever does not answer has nothing. Throws the reason of an aborted signal. */
  async survey(sha512: Sha512, signal: AbortSignal): Promise<readonly SurveyedPeer[]> {
    const { clock } = this.#parts
    const began = clock.monotonic()
    const { peers } = this
    const said = new Map<PeerId, SurveyedPeer>()
    const ask = async (peer: PeerId): Promise<undefined> => {
      const reply = await this.#batchOf(peer).ask(sha512, false, signal)
      said.set(peer, { peer, says: typeof reply === 'object' ? 'held' : reply === 'coming' ? 'coming' : 'none', ms: clock.monotonic() - began })
    }
    await this.#first(peers, ask, { signal, isWorth: () => true })
    signal.throwIfAborted()
    return peers.flatMap((peer) => said.get(peer) ?? [])
  }

  /** What each of them says that it has of a package; whoever does not answer has nothing. Throws the reason of an aborted signal. */
  async documents(asked: AskedDocument, signal: AbortSignal): Promise<readonly ToldDocument[]> {
    const { network, clock } = this.#parts
    const question = encodeNpmQuestion({ tarballs: [], documents: [asked], enclose: 0 })
    const answers = await Promise.allSettled(this.peers.slice(0, NPM_LIMITS.askedForDocument).map(async (peer): Promise<ToldDocument | undefined> => {
      const bytes = await network.ask(peer, '/ggen/npm/1', question, AbortSignal.any([signal, clock.timeout(NPM_LIMITS.peerAnswerMs)]))
      const [document] = decodeNpmAnswer(bytes, { tarballs: 0, documents: 1, enclose: 0 }).documents
      return document && { peer, document }
    }))
    signal.throwIfAborted()
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value ?? [] : []))
  }

  /** What it gave was wrong. */
  distrust(peer: PeerId): void {
    this.#patience.distrust(peer)
  }

  #note(found: FoundTarball | undefined): FoundTarball | undefined {
    if (found !== undefined) this.#patience.had(found.peer)
    return found
  }

  #batchOf(peer: PeerId): AskBatch {
    const known = this.#batches.get(peer)
    if (known !== undefined) return known
    const { network } = this.#parts
    const connected = new Set(network.peers().map((one) => one.peer))
    for (const gone of this.#batches.keys()) if (!connected.has(gone)) this.#batches.delete(gone)
    this.#patience.forgetAllBut(connected)
    const batch = new AskBatch({ ...this.#parts, peer })
    this.#batches.set(peer, batch)
    return batch
  }

  /** Waits for those who are fetching it themselves. */
  async #await(sha512: Sha512, comers: Set<PeerId>, signal: AbortSignal): Promise<FoundTarball | undefined> {
    const { clock } = this.#parts
    const began = clock.monotonic()
    const ask = async (peer: PeerId): Promise<FoundTarball | undefined> => {
      const reply: TarballReply = await this.#batchOf(peer).ask(sha512, true, signal)
      if (reply === 'coming') return undefined
      comers.delete(peer)
      return typeof reply === 'string' ? undefined : { peer, ...(reply satisfies Held) }
    }
    for (let looks = 0; comers.size > 0; looks += 1) {
      const againMs = untilNextLook(looks, clock.monotonic() - began)
      if (againMs === undefined) break
      await clock.wait(againMs, signal)
      const found = await this.#first([...comers], ask, { signal, isWorth: () => true })
      signal.throwIfAborted()
      if (found !== undefined) return found
    }
    for (const peer of comers) this.#patience.distrust(peer)
    return undefined
  }

  /** The first that is something; `undefined` when all are nothing, or nobody is left that is worth it to wait for. */
  async #first(
    peers: readonly PeerId[], ask: (peer: PeerId) => Promise<FoundTarball | undefined>,
    { signal, isWorth }: { readonly signal: AbortSignal; readonly isWorth: (peer: PeerId) => boolean },
  ): Promise<FoundTarball | undefined> {
    const { clock } = this.#parts
    const { promise, resolve } = Promise.withResolvers<FoundTarball | undefined>()
    const silent = new Set(peers)
    const soon = clock.timeout(NPM_LIMITS.peersMs)
    const look = (): void => {
      if (silent.size === 0 || signal.aborted || (soon.aborted && !silent.values().some(isWorth))) resolve(undefined)
    }
    for (const until of [signal, soon]) until.addEventListener('abort', look, { once: true })
    look()
    for (const peer of peers) {
      void ask(peer).then((found) => {
        silent.delete(peer)
        if (found === undefined) look()
        else resolve(found)
      })
    }
    try {
      return await promise
    } finally {
      for (const until of [signal, soon]) until.removeEventListener('abort', look)
    }
  }
}
