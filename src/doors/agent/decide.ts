import { GgenError } from '#core'
import { type Author, readOwnWord } from '#keystore'

/** A release key that is open, and until when. */
export interface Unlocked extends Author {
  /** Of the identity's file when the key was opened. */
  readonly stamp: string
  /** Unix milliseconds. */
  readonly until: number
  /** The same on the clock that never goes back: a machine whose clock is set back does not stay unlocked. */
  readonly untilMonotonic: number
  /** A person is asked before each signature. */
  readonly asks: boolean
}

/** What happens to an agent. */
export type AgentInput =
  | { readonly kind: 'look' }
  | { readonly kind: 'lock' }
  /** `isConfirmed`: the person has said yes to this payload. */
  | { readonly kind: 'sign'; readonly payload: Uint8Array; readonly isConfirmed: boolean }

/** Why a key is closed again: its time was over, the file of the identity changed, or somebody wanted it. */
export type AgentEnd = 'over' | 'changed' | 'locked'

/** What an agent does about it. `purpose`: what would be signed, for people. */
export type AgentEffect =
  | { readonly kind: 'stay' }
  | { readonly kind: 'end'; readonly why: AgentEnd }
  | { readonly kind: 'ask'; readonly purpose: string }
  | { readonly kind: 'sign'; readonly purpose: string }
  | { readonly kind: 'refuse'; readonly error: GgenError }

export interface Moment {
  /** Unix milliseconds. */
  readonly now: number
  readonly monotonic: number
  /** Of the identity's file; `undefined` when there is none, or when it cannot be trusted any more. */
  readonly stamp: string | undefined
}

/** Nothing is signed that is not the own word of the key, when its time is over, or when anything about the identity has changed since it was opened. */
export const decide = (unlocked: Unlocked, input: AgentInput, { now, monotonic, stamp }: Moment): AgentEffect => {
  // Both clocks count: the one that never goes back stands still while some machines sleep.
  if (now >= unlocked.until || monotonic >= unlocked.untilMonotonic) return { kind: 'end', why: 'over' }
  if (stamp !== unlocked.stamp) return { kind: 'end', why: 'changed' }
  if (input.kind === 'look') return { kind: 'stay' }
  if (input.kind === 'lock') return { kind: 'end', why: 'locked' }
  try {
    const purpose = readOwnWord(input.payload, unlocked)
    return { kind: unlocked.asks && !input.isConfirmed ? 'ask' : 'sign', purpose }
  } catch (error) {
    if (error instanceof GgenError) return { kind: 'refuse', error }
    throw error
  }
}
