import { type Clock, type Digest, type Giver, LIMITS, pieceCount, type PeerId, type PieceSet } from '#core'
import type { Network } from '#network'
import { chunkListBytes, chunkListDigest, type HeldBlob } from '#wire'
import { Enclosures } from './enclosures.ts'
import { HaveQuestions, type HaveReply, type QuestionParts, type Said, type Wish } from './have-questions.ts'
import { Hedged, type Stage } from './hedged.ts'
import { HolderTable } from './holder-table.ts'
import { Liars } from './liars.ts'
import { Misses } from './misses.ts'
import type { PeerScores, Preference } from './peer-scores.ts'
import type { Sought } from './sought.ts'

/** Somebody who says it can give a blob. */
export interface Holder<From extends Giver = Giver> {
  readonly peer: From
  /** As the peer says; whoever knows the right size leaves holders of another one alone. */
  readonly sizeBytes: number
  /** The pieces it has, when not all: never changed afterwards; absent: all. */
  readonly pieces?: PieceSet
  /** How much it is preferred to others, in [0, 1]; absent: not at all. */
  readonly preference?: number
}

/** How long the connected peers are waited for before the DHT is asked too: what is usual, within these. */
const PATIENCE_MIN_MS = 20
const PATIENCE_MAX_MS = 50

/** Holders of a part are asked again this often: their part grows. */
const AGAIN_MS = 1000

/** A part that has not grown in this time is not asked for again: two who wait for each other, or for one who pretends, would wait for ever. */
const GROWTH_MS = (1000 * LIMITS.pieceBytes) / LIMITS.stallBytesPerSecond

/** So many unanswered questions in a row, and a holder of before is taken for gone. */
const SILENCES = 3

/** Who only wants to know who is there waits no longer for the slow. */
const GLANCE_MS = 250

/** That a peer holds a blob, though nobody asked it. */
interface Guess {
  readonly digest: Digest
  readonly withdraw: () => void
}

interface Search {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly preference: Preference | undefined
  /** What one of those who hold it may put into its answer, until somebody is asked to. */
  wish: Wish | undefined
  /** Who was asked, and what of it the caller was told. */
  readonly asked: Map<PeerId, HeldBlob | undefined>
  /** Who said that it does not hold it. */
  readonly noes: Set<PeerId>
  /** Who was removed from the table since: whatever it says now. */
  readonly lost: Set<PeerId>
}

/** Finds out who holds a blob, and remembers it: what one search learned serves the next. Dispose to stop listening to the network. */
export class HolderFinder implements Disposable {
  /** What is known. */
  readonly holders = new HolderTable()
  /** What came with the answers. */
  readonly enclosures = new Enclosures()
  readonly #network: Network
  readonly #clock: Clock
  readonly #questions: HaveQuestions
  readonly #misses = new Misses()
  readonly #liars = new Liars()
  readonly #listening: Disposable
  readonly #bulk: QuestionParts['bulk']
  readonly #scores: PeerScores | undefined
  /** Who last had what was sought: likely to have the next thing too. */
  #lastHolder: PeerId | undefined
  /** Who is being read from without having been asked: one blob at a time, so that of many the others go into common questions. */
  readonly #guesses = new Map<PeerId, Guess>()

  constructor(parts: QuestionParts) {
    this.#network = parts.network
    this.#clock = parts.clock
    this.#bulk = parts.bulk
    this.#scores = parts.scores
    this.#questions = new HaveQuestions(parts, (peer, digest, said) => this.#hear(peer, digest, said))
    this.#listening = parts.network.onPeer(({ type }) => type === 'connected' && this.#misses.clear())
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
  }

  /** Whoever was read from failed, lied, or has it not: running searches then look further at once. */
  forget(digest: Digest, peer: PeerId): void {
    const guess = this.#guesses.get(peer)
    if (guess?.digest === digest) guess.withdraw()
    this.holders.remove(digest, peer)
  }

  /** Asks a peer that gave wrong bytes for nothing, for a while: nobody bans whom a user named. */
  passOver(peer: PeerId): void {
    this.#liars.note(peer, this.#clock.monotonic())
    if (this.#lastHolder === peer) this.#lastHolder = undefined
  }

  /**
   * Peers that hold a blob, each the moment it is known: connected ones first, of those known to hold it the best ones first, and those that the DHT
   * names when connected ones have nothing, are slower than usual, or when more is asked for over a second. Of a blob of one piece, whoever had
   * something last, unless another is known to be twice as good, comes before the others, unasked, where a bulk connection to it rests; else it is asked
   * first for a small blob, and encloses it in its answer, as it does with the chunk list of a large one. A holder of a part comes again with the larger
   * part for as long as the caller goes on asking. Ends when there is nobody else. That all connected peers said no is remembered for some seconds, or
   * until somebody connects or says otherwise, and ends the next search at once. Throws the reason of an aborted signal.
   */
  async *find(sought: Sought, signal: AbortSignal): AsyncGenerator<Holder<PeerId>> {
    signal.throwIfAborted()
    const { digest, sizeBytes } = sought
    if (this.#misses.covers(digest, this.#clock.monotonic())) return
    const preference = this.#scores?.preference()
    const asked = new Map<PeerId, HeldBlob | undefined>([[this.#network.self, undefined]])
    const search: Search = { digest, sizeBytes, preference, wish: wishFor(sought), asked, noes: new Set(), lost: new Set() }
    const isFound = (): boolean => [...search.asked].some(([peer, held]) => held?.sizeBytes === sizeBytes && !search.lost.has(peer))
    const hedged = new Hedged(this.#stages(search), { clock: this.#clock, isFound })
    using _watch = this.holders.watch(digest, (peer) => {
      search.lost.add(peer)
      if (this.#lastHolder === peer) this.#lastHolder = undefined
      hedged.wake()
    })
    yield* hedged.run(signal)
    const isMiss = search.asked.values().every((held) => held === undefined)
    // Whoever is too busy now, or came while others were asked, may have it all the same.
    if (isMiss && this.#connected().every((peer) => search.noes.has(peer))) this.#misses.note(digest, this.#clock.monotonic())
  }

  /** Asks the connected peers for a blob, without waiting for the slow ones; `holders` then knows. Throws the reason of an aborted signal. */
  async glance(digest: Digest, signal: AbortSignal): Promise<void> {
    const enough = AbortSignal.any([signal, this.#clock.timeout(GLANCE_MS)])
    const { promise, resolve } = Promise.withResolvers<void>()
    enough.addEventListener('abort', () => resolve(), { once: true })
    if (!enough.aborted) await Promise.race([promise, Promise.all(this.#connected().map((peer) => this.#questions.ask(peer, { digest }, signal)))])
    signal.throwIfAborted()
  }

  /** Where to look, nearest first. */
  #stages(search: Search): readonly Stage<Holder<PeerId>>[] {
    const usualMs = (): number => this.#questions.usualMs(PATIENCE_MIN_MS, PATIENCE_MAX_MS)
    const likely = this.#likelyFirst(search)
    const connected: Stage<Holder<PeerId>> = { afterMs: usualMs, look: async (found, signal) => this.#lookAmong(this.#connected(), search, { found, signal }) }
    const named: Stage<Holder<PeerId>> = {
      afterMs: usualMs,
      look: async (found, signal) => {
        const following: Promise<void>[] = []
        for await (const peer of this.#network.findProviders(search.digest, signal)) {
          if (!search.asked.has(peer) && !this.#isLiar(peer)) following.push(this.#follow(search, peer, { found, signal, isHopeful: true }))
        }
        await Promise.all(following)
      },
    }
    return likely === undefined ? [connected, named] : [likely, connected, named]
  }

  /** Whoever most likely holds a small blob, before the others. */
  #likelyFirst(search: Search): Stage<Holder<PeerId>> | undefined {
    const peer = this.#hopeful()
    if (peer === undefined) return undefined
    if (this.#isWorthGuessing(peer, search)) return { afterMs: () => 0, look: (found, signal) => this.#guess(peer, search, { found, signal }) }
    if (search.wish?.digest !== search.digest) return undefined
    return { afterMs: () => 0, look: (found, signal) => this.#lookAmong([peer], search, { found, signal }) }
  }

  /** The answer to a question would come as late as the bytes over a connection that rests. */
  #isWorthGuessing(peer: PeerId, { sizeBytes }: Search): boolean {
    if (peer !== this.#lastHolder || this.#guesses.has(peer) || sizeBytes === 0 || sizeBytes > LIMITS.pieceBytes) return false
    return this.#bulk?.isReady(peer) === true
  }

  /** Takes a peer for a holder until whoever reads from it says otherwise; like any other, it is asked as soon as the others are. */
  async #guess(peer: PeerId, search: Search, { found, signal }: Looking): Promise<void> {
    const { digest, sizeBytes, wish } = search
    const { promise: over, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve(), { once: true })
    const withdraw = (): void => {
      if (this.#lastHolder === peer) this.#lastHolder = undefined
      resolve()
    }
    this.#guesses.set(peer, { digest, withdraw })
    // What is being read need not be enclosed.
    search.wish = undefined
    found({ peer, sizeBytes })
    await over
    search.wish = wish
    this.#guesses.delete(peer)
  }

  async #lookAmong(peers: readonly PeerId[], search: Search, { found, signal }: Looking): Promise<void> {
    const hopeful = this.#hopeful()
    const { preference } = search
    const others = peers.filter((peer) => !search.asked.has(peer))
    if (preference !== undefined) others.sort((a, b) => preference(b) - preference(a))
    for (const peer of others) this.#takeAsKnown(search, peer, found)
    await Promise.all(others.map((peer) => this.#follow(search, peer, { found, signal, isHopeful: peer === hopeful })))
  }

  /** The connected peer that most likely holds what is sought. */
  #hopeful(): PeerId | undefined {
    const peers = this.#connected()
    return peers.length === 1 ? peers[0] : peers.find((peer) => peer === this.#lastHolder && this.#scores?.isOutdone(peer, peers) !== true)
  }

  #connected(): readonly PeerId[] {
    return this.#network.peers().flatMap(({ peer, protocols }) => (protocols.includes('/ggen/have/1') && !this.#isLiar(peer) ? [peer] : []))
  }

  #isLiar(peer: PeerId): boolean {
    return this.#liars.covers(peer, this.#clock.monotonic())
  }

  /** Who said it has the whole has it still: nobody needs to wait until it says so again. */
  #takeAsKnown(search: Search, peer: PeerId, found: (holder: Holder<PeerId>) => void): void {
    const known = this.holders.held(search.digest, peer)
    if (known === undefined || known.pieces !== undefined) return
    search.asked.set(peer, known)
    // What can be read at once need not be enclosed.
    search.wish = undefined
    found(holderOf(search, peer, known))
  }

  /** Asks a peer, and again for as long as it has a part that grows. One that is silent now and then is busy; one that stays silent is gone. */
  async #follow(search: Search, peer: PeerId, { found, signal, isHopeful }: Following): Promise<void> {
    const { digest, asked, noes, lost } = search
    asked.set(peer, asked.get(peer))
    let grownMs = this.#clock.monotonic()
    for (let silences = 0; ; ) {
      const held = await this.#ask(search, peer, { isHopeful, signal })
      if (held === undefined) noes.add(peer)
      if (signal.aborted || lost.has(peer)) return
      const before = asked.get(peer)
      if (held === undefined || held === 'silent') {
        silences += 1
        if (before === undefined || silences === SILENCES) return this.holders.remove(digest, peer)
      } else {
        silences = 0
        asked.set(peer, held)
        if (held.sizeBytes === search.sizeBytes) this.#lastHolder = peer
        const isMore = before === undefined || countOf(held) > countOf(before)
        if (isMore) found(holderOf(search, peer, held))
        if (isMore) grownMs = this.#clock.monotonic()
        if (held.pieces === undefined) return
      }
      if (this.#clock.monotonic() - grownMs >= GROWTH_MS) return
      await this.#clock.wait(AGAIN_MS, signal)
      if (lost.has(peer)) return
    }
  }

  /** Only one is asked to enclose anything: others would send the same in vain. */
  async #ask(search: Search, peer: PeerId, { isHopeful, signal }: Pick<Following, 'isHopeful' | 'signal'>): Promise<HaveReply> {
    const { digest, wish } = search
    if (wish === undefined || !isHopeful) return this.#questions.ask(peer, { digest }, signal)
    search.wish = undefined
    if (wish.digest === digest) return this.#questions.ask(peer, wish, signal)
    // Both go into one question.
    const [held] = await Promise.all([this.#questions.ask(peer, { digest }, signal), this.#questions.ask(peer, wish, signal)])
    return held
  }

  #hear(peer: PeerId, digest: Digest, { held, enclosed }: Said): void {
    if (held === undefined) {
      this.holders.remove(digest, peer)
      return
    }
    if (enclosed !== undefined) this.enclosures.put(digest, peer, enclosed)
    this.holders.add(digest, peer, held)
    this.#misses.forget(digest)
  }
}

const holderOf = ({ preference }: Search, peer: PeerId, held: HeldBlob): Holder<PeerId> =>
  ({ peer, ...held, ...(preference !== undefined && { preference: preference(peer) }) })

interface Looking {
  readonly found: (holder: Holder<PeerId>) => void
  readonly signal: AbortSignal
}

interface Following extends Looking {
  /** The peer most likely holds it. */
  readonly isHopeful: boolean
}

/** What may be enclosed: a small blob itself, of a large one its chunk list. */
const wishFor = ({ digest, sizeBytes, chunks }: Sought): Wish | undefined => {
  const wish = sizeBytes <= LIMITS.pieceBytes || chunks === undefined
    ? { digest, encloseBytes: sizeBytes }
    : { digest: chunkListDigest(chunks), encloseBytes: chunkListBytes(sizeBytes) }
  return wish.encloseBytes > 0 && wish.encloseBytes <= LIMITS.enclosedBlobBytes ? wish : undefined
}

const countOf = ({ sizeBytes, pieces }: HeldBlob): number => pieces?.size ?? pieceCount(sizeBytes)
