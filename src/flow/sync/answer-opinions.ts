import { LIMITS } from '#core'
import type { Network } from '#network'
import type { Catalogue } from '#store'
import { decodeOpinionsQuestion, encodeOpinionsAnswer } from '#wire'

/** Answers `/ggen/opinions/1` out of the catalogue. Dispose to stop. */
export const answerOpinions = (network: Network, catalogue: Catalogue): Disposable =>
  network.answer('/ggen/opinions/1', async (question) => {
    const { identity, after } = decodeOpinionsQuestion(question)
    return encodeOpinionsAnswer(catalogue.wordIds(identity, after, LIMITS.feedIds))
  })
