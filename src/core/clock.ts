/** Time as an argument, so that everything else can be run at any speed and any date. */
export interface Clock {
  /** Wall clock, Unix milliseconds: for display, `at` fields and expiry only. */
  now(): number
  /** Milliseconds that never go back: for limits, time-outs and measuring. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** A signal that aborts with a `TimeoutError` after `ms`; it keeps no process alive. */
  timeout(ms: number): AbortSignal
}

/** Randomness as an argument. */
export interface Random {
  bytes(count: number): Uint8Array
  /** In [0, 1). */
  fraction(): number
}
