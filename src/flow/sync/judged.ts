import type { Op } from '#core'

/** How an envelope is judged; the shape of `flow/verify`'s admission that this step needs. */
export type Judged =
  | { readonly outcome: 'added' | 'known' | 'orphan' | 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

export interface Judging {
  readonly signal: AbortSignal
  /** They may be opened before, but not judged; when it fails, so do they. */
  readonly after?: Promise<unknown>
}

/** Judges envelopes, in order, and makes the good ones members of the catalogue; part by part, so that others have their turns. */
export type JudgeAll = (envelopes: readonly Uint8Array[], judging: Judging) => AsyncIterable<readonly Judged[]>

/** Hears of every new op. */
export type OnAdded = (op: Op) => void
