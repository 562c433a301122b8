import { type Clock, GgenError, type Multiaddr, type PeerId } from '#core'
import { nextDelay } from './backoff.ts'
import { PEERS } from './settings.ts'

/** What staying connected needs from the rest of the node. */
export interface KeepConnectedContext {
  readonly clock: Clock
  /** In [0, 1). */
  readonly fraction: () => number
  readonly dial: (address: Multiaddr, signal: AbortSignal) => Promise<PeerId>
  /** Resolves when the peer has left. */
  readonly gone: (peer: PeerId, signal: AbortSignal) => Promise<void>
  /** The longest pause between two tries, as things are. */
  readonly longestMs: () => number
  /** Hears why the first of several attempts in a row failed. */
  readonly onFailure: (address: Multiaddr, error: unknown) => void
}

/** Dials an address that the user named, and dials it again, ever more patiently, whenever the peer is not connected. Ends with the signal's reason. */
export const keepConnected = async (address: Multiaddr, context: KeepConnectedContext, signal: AbortSignal): Promise<void> => {
  const { clock, dial, gone, fraction, longestMs, onFailure } = context
  let failures = 0
  for (;;) {
    const startedMs = clock.monotonic()
    try {
      await gone(await dial(address, signal), signal)
      failures = clock.monotonic() - startedMs < PEERS.steadyMs ? failures + 1 : 0
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof GgenError)) throw error
      if (failures === 0) onFailure(address, error)
      failures += 1
    }
    await clock.wait(nextDelay(failures, fraction(), longestMs()), signal)
  }
}
