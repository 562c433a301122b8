import type { ErrorCode, Giver, PieceSet } from '#core'
import type { Span } from './piece-demand.ts'

/** What happened. A read that the schedule has ended or never began means nothing to it any more. */
export type ScheduleInput =
  /** A holder was found, or has other pieces than before; `pieces` absent: it has everything. `preference`: how much it is preferred to others. */
  | { readonly type: 'source'; readonly peer: Giver; readonly pieces?: PieceSet | undefined; readonly preference?: number | undefined }
  /** No more sources will come. */
  | { readonly type: 'searched' }
  /** These pieces are here already. */
  | { readonly type: 'present'; readonly pieces: PieceSet }
  | { readonly type: 'bytes'; readonly read: number; readonly bytes: number }
  /** A piece is complete: as it must be, not so, or here already. */
  | { readonly type: 'piece'; readonly read: number; readonly piece: number; readonly is: 'right' | 'wrong' | 'known' }
  | { readonly type: 'failed'; readonly read: number; readonly code: ErrorCode }
  /** The reader lets a read wait, or goes on with it. */
  | { readonly type: 'held' | 'resumed'; readonly read: number }
  /** Time passed; wanted a few times a second. */
  | { readonly type: 'tick' }

/** What is to be done. */
export type ScheduleEffect =
  /** Ask for the pieces from `first` to before `end`. */
  | ({ readonly type: 'read'; readonly read: number; readonly peer: Giver } & Span)
  /** End a read before this piece, which it has not begun. */
  | { readonly type: 'cut'; readonly read: number; readonly end: number }
  | { readonly type: 'cancel'; readonly read: number }
  /** It gave wrong bytes. Its reads are cancelled. */
  | { readonly type: 'ban'; readonly peer: Giver; readonly piece: number }
  /** It is given up. */
  | { readonly type: 'drop'; readonly peer: Giver; readonly code: ErrorCode }
  /** All pieces are here. */
  | { readonly type: 'done' }
  /** Nobody is left who has what is missing. */
  | { readonly type: 'exhausted' }
