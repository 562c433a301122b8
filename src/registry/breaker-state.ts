import { type GgenError, REGISTRY_LIMITS } from '#core'

/**
 * Whether a registry is worth asking. `closed`: it is · `doubted`: an answer is late, and until a probe has said why, others are asked at the same time ·
 * `open`: it failed, and is left alone until it is probed · `half-open`: a probe is under way, and until it ends nothing else is asked.
 */
export type BreakerState =
  | { readonly phase: 'closed' | 'doubted' }
  | { readonly phase: 'open' | 'half-open'; readonly failures: number; readonly why: GgenError }

export type BreakerInput =
  /** It answered, whatever it said. */
  | { readonly type: 'answered' }
  /** It has not answered for so long that somebody turned to others. */
  | { readonly type: 'late' }
  /** Nothing came of an exchange, and that was its fault. */
  | { readonly type: 'failed'; readonly why: GgenError }
  /** The time to probe has come. */
  | { readonly type: 'due' }

export interface BreakerStep {
  readonly state: BreakerState
  /** `probe`: ask it whether it answers · a number: say `due` in so many milliseconds, and at no time that was said before. */
  readonly effect?: 'probe' | { readonly waitMs: number }
}

export const CLOSED: BreakerState = Object.freeze({ phase: 'closed' })
const DOUBTED: BreakerState = Object.freeze({ phase: 'doubted' })

/** What follows from what happened. Pure. */
export const stepBreaker = (state: BreakerState, input: BreakerInput): BreakerStep => {
  switch (input.type) {
    case 'answered':
      return { state: CLOSED }
    case 'late':
      return state.phase === 'closed' ? { state: DOUBTED, effect: { waitMs: 0 } } : { state }
    case 'failed':
      // Exchanges that were under way fail after the first one did: they say nothing new.
      if (state.phase === 'open') return { state }
      return opened(state.phase === 'half-open' ? state.failures + 1 : 1, input.why)
    case 'due':
      if (state.phase === 'open') return { state: { ...state, phase: 'half-open' }, effect: 'probe' }
      return state.phase === 'doubted' ? { state, effect: 'probe' } : { state }
  }
}

const opened = (failures: number, why: GgenError): BreakerStep => {
  const waitMs = Math.min(REGISTRY_LIMITS.probeMaxMs, REGISTRY_LIMITS.probeFirstMs * 2 ** Math.min(failures - 1, 16))
  return { state: { phase: 'open', failures, why }, effect: { waitMs } }
}
