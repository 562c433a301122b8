import { type Clock, GgenError, LIMITS } from '#core'
import type { Network } from '#network'
import type { Catalogue, PackageSearch, SearchSignals } from '#store'
import { decodeSearchQuestion, encodeSearchOps } from '#wire'
import { parseQuery } from './parse-query.ts'

export interface AnswerParts {
  readonly network: Network
  readonly search: PackageSearch
  readonly clock: Clock
  /** Envelopes of everything that one hit stands on, parents before children. */
  readonly hitOps: (identity: Parameters<Catalogue['feedOps']>[0], name: Parameters<Catalogue['feedOps']>[1]) => readonly Uint8Array[]
}

/** What is kept here is nobody else's business: peers see the order that every node would give. */
const NOTHING_KEPT: SearchSignals = { kept: [] }

/** Answers `/ggen/search/1` with the ops behind the best hits, as many whole hits as fit into one answer. Dispose to stop. */
export const answerSearch = ({ network, search, clock, hitOps }: AnswerParts): Disposable =>
  network.answer('/ggen/search/1', async (question, _from, signal) => {
    const asked = decodeSearchQuestion(question)
    if (asked.limit === 0) throw new GgenError('frame-invalid', 'a search for no hits')
    const { found } = await search.search({ ...parseQuery(asked), now: Math.floor(clock.now() / 1000) }, NOTHING_KEPT, signal)
    const ops: Uint8Array[] = []
    let room = LIMITS.feedAnswerBytes
    for (const { entry } of found) {
      const hit = hitOps(entry.identity, entry.name)
      const needed = hit.reduce((sum, op) => sum + op.length + 8, 0)
      if (needed > room) continue
      room -= needed
      ops.push(...hit)
    }
    return encodeSearchOps({ ops })
  })
