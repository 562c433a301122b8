import { type Digest, digestOf, GgenError, type PeerId, type Sha512 } from '#core'
import type { Network } from '#network'
import { TestClock } from '#testing'
import { decodeNpmQuestion, encodeNpmAnswer, type HeldDocument, type NpmAnswer, type NpmQuestion } from '#wire'

/** What becomes of work that waits for time to pass: a millisecond passes with every turn. */
export const inTime = async <T>(clock: TestClock, work: Promise<T>): Promise<T> => {
  let isOver = false
  void Promise.allSettled([work]).then(() => (isOver = true))
  for (let turns = 0; !isOver && turns < 50_000; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1)
  }
  return await work
}

/** The n-th archive, as far as its hash goes. */
export const hashAt = (index: number): Sha512 => index.toString(16).padStart(128, '0') as Sha512

/** The blob that peers say this archive is. */
export const blobOf = (sha512: Sha512): { readonly digest: Digest; readonly sizeBytes: number } => {
  const bytes = bytesFor(sha512)
  return { digest: digestOf(bytes), sizeBytes: bytes.length }
}

export const bytesFor = (sha512: Sha512): Buffer => Buffer.from(`bytes of ${sha512.slice(-8)}`)

/** How a peer behaves. */
export interface Manner {
  /** `coming` and `undefined` as on the wire. */
  readonly says: (sha512: Sha512) => 'held' | 'coming' | undefined
  /** Milliseconds until it answers; absent: it never does. */
  readonly afterMs?: number
  readonly document?: HeldDocument
}

interface AskedPeer extends NpmQuestion {
  readonly peer: PeerId
}

/** Peers as a table, and a clock that stands still. */
export class TeamScene {
  readonly clock = new TestClock()
  /** Those that are connected. */
  readonly peers = new Map<PeerId, Manner>()
  readonly asked: AskedPeer[] = []
  /** Questions that are not answered yet, and how many there were at most. */
  underWay = 0
  mostUnderWay = 0
  readonly network = {
    self: 'self',
    peers: () => [...this.peers.keys()].map((peer) => ({ peer, protocols: ['/ggen/npm/1'] })),
    ask: (...[peer, , question, signal]: Parameters<Network['ask']>) => this.#ask(peer, decodeNpmQuestion(question), signal),
  } as unknown as Network

  /** What becomes of work that waits, and how many milliseconds that takes. */
  async timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
    const began = this.clock.monotonic()
    const result = await inTime(this.clock, work)
    return { result, ms: this.clock.monotonic() - began }
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await inTime(this.clock, this.clock.wait(ms, new AbortController().signal))
  }

  async #ask(peer: PeerId, question: NpmQuestion, signal: AbortSignal): Promise<Uint8Array> {
    this.asked.push({ peer, ...question })
    this.underWay += 1
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay)
    try {
      const manner = this.peers.get(peer)
      if (manner === undefined) throw new GgenError('peer-unreachable', `${peer} is gone`)
      await this.clock.wait(manner.afterMs ?? Infinity, signal)
      return encodeNpmAnswer(answerOf(manner, question))
    } finally {
      this.underWay -= 1
    }
  }
}

const answerOf = ({ says, document }: Manner, { tarballs, documents, enclose }: NpmQuestion): NpmAnswer => {
  const said = tarballs.map((sha512) => ({ sha512, says: says(sha512) }))
  return {
    tarballs: said.map(({ sha512, says: what }) => (what === 'held' ? blobOf(sha512) : what)),
    enclosed: new Map(said.slice(0, enclose).entries().filter(([, one]) => one.says === 'held').map(([place, { sha512 }]) => [place, bytesFor(sha512)])),
    documents: documents.map(() => document),
  }
}
