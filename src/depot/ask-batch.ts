import { type Clock, type Digest, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import type { Network } from '#network'
import { decodeNpmAnswer, encodeNpmQuestion } from '#wire'

/** What a peer says of one archive; `silent`: it has not answered. */
export type TarballReply = 'none' | 'silent' | 'coming' | { readonly digest: Digest; readonly sizeBytes: number; readonly bytes?: Uint8Array }

interface Wish {
  readonly sha512: Sha512
  readonly wantsBytes: boolean
  readonly resolve: (reply: TarballReply) => void
}

/** Long enough for the requests that a client sends side by side, short enough that nobody notices. */
const TOGETHER_MS = 2
/** Questions to one peer that may be under way. */
const AT_ONCE = 2

/** Questions to one peer: those that come together go together. */
export class AskBatch {
  readonly #parts: { readonly network: Pick<Network, 'ask'>; readonly clock: Clock; readonly peer: PeerId }
  readonly #waiting: Wish[] = []
  #underWay = 0

  constructor(parts: { readonly network: Pick<Network, 'ask'>; readonly clock: Clock; readonly peer: PeerId }) {
    this.#parts = parts
  }

  /** Resolves to what the peer says. `wantsBytes`: the archive itself is welcome in the answer. Goes out at once when the signal of whoever came first ends. */
  ask(sha512: Sha512, wantsBytes: boolean, signal: AbortSignal): Promise<TarballReply> {
    const { promise, resolve } = Promise.withResolvers<TarballReply>()
    this.#waiting.push({ sha512, wantsBytes, resolve })
    if (this.#waiting.length === 1) void this.#soon(signal)
    return promise
  }

  async #soon(signal: AbortSignal): Promise<void> {
    await Promise.allSettled([this.#parts.clock.wait(TOGETHER_MS, signal)])
    await this.#flush()
  }

  /** What is wished for while so many questions are under way goes together as soon as one of them is answered: a busy peer gets fewer and larger ones. */
  async #flush(): Promise<void> {
    while (this.#underWay < AT_ONCE && this.#waiting.length > 0) {
      this.#underWay += 1
      await this.#send(this.#waiting.splice(0, NPM_LIMITS.askedTarballs))
      this.#underWay -= 1
    }
  }

  async #send(wishes: readonly Wish[]): Promise<void> {
    const { network, clock, peer } = this.#parts
    const inOrder = wishes.toSorted((a, b) => Number(b.wantsBytes) - Number(a.wantsBytes))
    const enclose = inOrder.filter(({ wantsBytes }) => wantsBytes).length
    const question = encodeNpmQuestion({ tarballs: inOrder.map(({ sha512 }) => sha512), documents: [], enclose })
    const [asked] = await Promise.allSettled([
      network.ask(peer, '/ggen/npm/1', question, clock.timeout(NPM_LIMITS.peerAnswerMs))
        .then((bytes) => decodeNpmAnswer(bytes, { tarballs: inOrder.length, documents: 0, enclose })),
    ])
    for (const [place, { resolve }] of inOrder.entries()) {
      const said = asked.status === 'fulfilled' ? asked.value.tarballs[place] : undefined
      const bytes = asked.status === 'fulfilled' ? asked.value.enclosed.get(place) : undefined
      if (asked.status === 'rejected') resolve('silent')
      else resolve(said === undefined ? 'none' : said === 'coming' ? said : { ...said, ...(bytes !== undefined && { bytes }) })
    }
  }
}
