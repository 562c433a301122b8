import { LIMITS } from '#core'

/**
 * How long to wait before the next attempt after so many failures in a row: doubling from `LIMITS.reconnectFirstMs` to
 * `longestMs`, then spread over the upper half by `fraction` in [0, 1), so that nodes that lost the same peer do not return at once.
 */
export const nextDelay = (failures: number, fraction: number, longestMs: number = LIMITS.reconnectMaxMs): number => {
  const fullMs = Math.min(longestMs, LIMITS.reconnectFirstMs * 2 ** Math.min(Math.max(0, failures), 32))
  return Math.round(fullMs * (0.5 + fraction / 2))
}
