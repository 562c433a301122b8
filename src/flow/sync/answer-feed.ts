import { type ChainOp, type FeedOp, LIMITS, type OpId } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { reopenOp } from '#trust'
import { decodeFeedQuestion, encodeFeedBatch, encodeFeedOps, type FeedBatch, type FeedOps, type FeedQuestion } from '#wire'

/** Answers `/ggen/feed/1` out of the catalogue. Dispose to stop. */
export const answerFeed = (network: Network, catalogue: Catalogue): Disposable =>
  network.answer('/ggen/feed/1', async (question) => answerQuestion(catalogue, decodeFeedQuestion(question)))

const answerQuestion = (catalogue: Catalogue, question: FeedQuestion): Uint8Array => {
  switch (question.ask) {
    case 'ops':
      return encodeFeedBatch(opsById(catalogue, question.ids))
    case 'package':
      return encodeFeedOps(packageOps(catalogue, question))
  }
}

/** What an envelope takes in an answer besides its bytes. */
const HEAD_BYTES = 5

/** As many as fit into one answer; the largest op does. */
const opsById = (catalogue: Catalogue, ids: readonly OpId[]): FeedBatch => {
  const ops: Uint8Array[] = []
  let [room, seen] = [LIMITS.feedAnswerBytes, 0]
  for (const id of ids) {
    const bytes = catalogue.opBytes(id)
    if (bytes !== undefined && bytes.length + HEAD_BYTES > room) break
    seen += 1
    if (bytes === undefined) continue
    room -= bytes.length + HEAD_BYTES
    ops.push(bytes)
  }
  return { ops, seen }
}

const packageOps = (catalogue: Catalogue, { identity, name, skip }: FeedQuestion & { ask: 'package' }): FeedOps => {
  const all = parentsFirst(catalogue.chainOps(identity), name === undefined ? [] : catalogue.feedOps(identity, name))
  return { ops: all.slice(skip, skip + LIMITS.feedOps), more: all.length > skip + LIMITS.feedOps }
}

/** The identity's chain, then the feeds, each in the order of their sequence numbers. */
export const parentsFirst = (chain: readonly Uint8Array[], feeds: readonly Uint8Array[]): Uint8Array[] => {
  const ordered = (envelopes: readonly Uint8Array[]): Uint8Array[] =>
    envelopes
      .map((bytes) => reopenOp(bytes) as ChainOp | FeedOp)
      .sort((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1))
      .map((op) => op.bytes)
  return [...ordered(chain), ...ordered(feeds)]
}
