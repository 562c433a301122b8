import type { BandwidthLimits, LimitsChange } from '#core'

/** What the control door shows and changes of the bandwidth. Everything is bytes per second. */
export interface LimitsView {
  limits(): BandwidthLimits
  rates(): { readonly up: number; readonly down: number }
  /** `null` lifts a limit, what is absent stays. Holds and is kept when it resolves. Throws `disk-full` or `store-broken`. */
  change(change: LimitsChange): Promise<void>
  /** Back to what is configured. Throws the same. */
  reset(): Promise<void>
}
