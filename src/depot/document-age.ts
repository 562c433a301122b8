import { NPM_LIMITS } from '#core'
import type { DocumentHead } from '#store'

/**
 * What becomes of a question for a document that is here. `serve`: it is as good as new · `serve-and-ask`: it is served, and the upstream is asked meanwhile ·
 * `ask`: the upstream is asked first, and what is here is served where it does not answer.
 */
export type Handling = 'serve' | 'serve-and-ask' | 'ask'

interface Circumstances {
  /** Unix milliseconds. */
  readonly now: number
  /** The client does not want to hear anything old. */
  readonly wantsNews: boolean
  /** Not all that could be looked at was looked at. */
  readonly isUnchecked: boolean
}

/** Decides by age. Pure. */
export const handlingOf = (head: DocumentHead, { now, wantsNews, isUnchecked }: Circumstances): Handling => {
  const ageMs = now - head.checkedAt
  // A clock that was put back would make it new for ever.
  if (wantsNews || ageMs < 0 || ageMs >= NPM_LIMITS.staleMs) return 'ask'
  return ageMs < head.freshMs && !isUnchecked ? 'serve' : 'serve-and-ask'
}

const MAX_AGE = /(?:^|[\s,])max-age=(\d{1,9})(?:[\s,]|$)/

/** How long an upstream lets its answer be believed, within what is usual. */
export const freshMsOf = (cacheControl: string | undefined): number => {
  const [, seconds] = MAX_AGE.exec(cacheControl ?? '') ?? []
  return seconds === undefined ? NPM_LIMITS.freshMs : Math.min(Number(seconds) * 1000, NPM_LIMITS.freshMs)
}
