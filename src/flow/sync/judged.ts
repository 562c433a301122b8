import type { FeedOp, Op } from '#core'

/** How an envelope is judged; the shape of `flow/verify`'s admission that this step needs. */
export type Judged =
  | { readonly outcome: 'added' | 'known' | 'orphan' | 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Judges envelopes, in order, and makes the good ones members of the catalogue; part by part, so that others have their turns. */
export type JudgeAll = (envelopes: readonly Uint8Array[], signal: AbortSignal) => AsyncIterable<readonly Judged[]>

/** Hears of every new release and status. */
export type OnAdded = (op: FeedOp) => void
