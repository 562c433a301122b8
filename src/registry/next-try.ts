import { type GgenError, LIMITS, REGISTRY_LIMITS } from '#core'

/** How much one question may cost. */
export interface Patience {
  /** Until the first byte of the answer. */
  readonly firstByteMs: number
  /** The same of bytes of a blob. */
  readonly firstChunkMs: number
  /** Without a byte, once there were some. */
  readonly stallMs: number
  readonly tries: number
}

/** Others can be asked instead: what a registry that is gone costs is known. */
export const HURRIED: Patience = Object.freeze({
  firstByteMs: REGISTRY_LIMITS.hurriedMs, firstChunkMs: REGISTRY_LIMITS.headStartMs, stallMs: REGISTRY_LIMITS.patientMs, tries: 1,
})

/** Nobody else can be asked. */
export const PATIENT: Patience = Object.freeze({
  firstByteMs: REGISTRY_LIMITS.patientMs, firstChunkMs: REGISTRY_LIMITS.patientMs, stallMs: LIMITS.stallTimeoutMs, tries: REGISTRY_LIMITS.tries,
})

/**
 * How long to wait before a question is asked once more, milliseconds; `undefined`: not at all. Only time-outs are worth it, each time later, and a
 * registry with too much to do that says when to come back.
 */
export const nextTry = (failed: Pick<GgenError, 'code' | 'details'>, { tries }: Pick<Patience, 'tries'>, tried: number): number | undefined => {
  if (tried >= tries) return undefined
  if (failed.code === 'timeout') return REGISTRY_LIMITS.firstBackoffMs * 2 ** (tried - 1)
  const { retryAfterMs } = failed.details
  const isShort = typeof retryAfterMs === 'number' && retryAfterMs <= REGISTRY_LIMITS.retryAfterMs
  return failed.code === 'too-busy' && isShort ? retryAfterMs : undefined
}
