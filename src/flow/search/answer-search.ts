import { GgenError, LIMITS } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { decodeSearchQuestion, encodeSearchOps } from '#wire'
import { parseQuery } from './parse-query.ts'
import { searchLocal } from './search-local.ts'

/** Envelopes of everything that one hit stands on, parents before children. */
export type HitOps = (identity: Parameters<Catalogue['feedOps']>[0], name: Parameters<Catalogue['feedOps']>[1]) => readonly Uint8Array[]

/** Answers `/ggen/search/1` with the ops behind the best hits, as many whole hits as fit into one answer. Dispose to stop. */
export const answerSearch = (network: Network, catalogue: Catalogue, hitOps: HitOps): Disposable =>
  network.answer('/ggen/search/1', async (question) => {
    const asked = decodeSearchQuestion(question)
    if (asked.limit === 0) throw new GgenError('frame-invalid', 'a search for no hits')
    const { ranked } = searchLocal(catalogue, parseQuery(asked))
    const ops: Uint8Array[] = []
    let room = LIMITS.feedAnswerBytes
    for (const { entry } of ranked) {
      const hit = hitOps(entry.identity, entry.name)
      const needed = hit.reduce((sum, op) => sum + op.length + 8, 0)
      if (needed > room) continue
      room -= needed
      ops.push(...hit)
    }
    return encodeSearchOps({ ops })
  })
