import { type Digest, digestOf, GgenError, LIMITS, type PeerId } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { TestClock, until } from '#testing'
import { decodeHaveQuestion, encodeHaveAnswer, type HeldBlob } from '#wire'
import { type Holder, HolderFinder } from './find-holders.ts'
import type { QuestionParts } from './have-questions.ts'
import type { PeerScores } from './peer-scores.ts'
import type { Sought } from './sought.ts'

const never = new AbortController().signal
export const digest = digestOf(Buffer.from('some blob'))
/** Another blob, which whoever holds the first one holds too. */
export const other = digestOf(Buffer.from('another blob'))
export const WHOLE: HeldBlob = { sizeBytes: 4 * LIMITS.pieceBytes }
/** The blob as a reader looks for it. */
export const SOUGHT: Sought = { digest, ...WHOLE }

export const turn = (): Promise<void> => new Promise(setImmediate)

/** A peer around the reader. */
export interface HaveScenePeer {
  readonly network: Network
  readonly self: PeerId
  /** What it holds now. */
  held: HeldBlob | undefined
  /** How often it was asked. */
  asked: number
  /** How many blobs it was to enclose, in each question. */
  readonly questions: number[]
  /** All it was asked for. */
  readonly digests: Digest[]
  isMute: boolean
  isBusy: boolean
}

/** A reader that looks for one blob, and peers that say what they hold of it. */
export class HaveScene {
  readonly clock = new TestClock()
  readonly hub: MemoryHub = memoryHub({ clock: this.clock })
  readonly reader: Network = this.hub.join()
  /** To whom a bulk connection rests. */
  readonly ready = new Set<PeerId>()
  readonly finder: HolderFinder

  constructor(scores?: PeerScores) {
    const bulk: QuestionParts['bulk'] = { learn: () => undefined, isReady: (peer) => this.ready.has(peer) }
    this.finder = new HolderFinder({ network: this.reader, clock: this.clock, bulk, ...(scores !== undefined && { scores }) })
  }

  peer(held: HeldBlob | undefined, { isLinked = true, isMute = false, to = this.reader } = {}): HaveScenePeer {
    const network = this.hub.join()
    if (isLinked) this.hub.link(to.self, network.self)
    const peer: HaveScenePeer = { network, self: network.self, held, asked: 0, questions: [], digests: [], isMute, isBusy: false }
    network.answer('/ggen/have/1', async (bytes) => {
      const { digests, enclose } = decodeHaveQuestion(bytes)
      peer.asked += 1
      peer.questions.push(enclose)
      peer.digests.push(...digests)
      if (peer.isBusy) throw new GgenError('too-busy', 'no')
      if (peer.isMute) await new Promise(() => undefined)
      return encodeHaveAnswer({ held: digests.map((about) => (about === digest || about === other ? peer.held : undefined)), bulk: undefined })
    })
    return peer
  }

  /** Reads a search to its end or until the test leaves it. */
  search(signal: AbortSignal = never, sought: Sought = SOUGHT): { readonly found: Holder<PeerId>[]; readonly over: Promise<void> } {
    const found: Holder<PeerId>[] = []
    const read = async (): Promise<void> => {
      for await (const holder of this.finder.find(sought, signal)) found.push(holder)
    }
    return { found, over: read() }
  }

  async all(sought: Sought = SOUGHT): Promise<readonly PeerId[]> {
    const { found, over } = this.search(never, sought)
    await this.#untilOver(over)
    return found.map(({ peer }) => peer)
  }

  /** Lets time pass until a search that waits for it is over. */
  async #untilOver(over: Promise<void>): Promise<void> {
    let isOver = false
    const ending = over.finally(() => (isOver = true))
    await until('the search is over', () => {
      if (!isOver) this.clock.advance(1000)
      return isOver
    })
    await ending
  }
}
