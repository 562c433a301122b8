import type { AccessRecords, Clock, Events, PeerId } from '#core'
import assert from 'node:assert/strict'
import type { Network, PeerChange } from './network.ts'

/** A place where nodes of one implementation can be brought up and connected. */
export interface NetworkLab extends AsyncDisposable {
  /**
   * A node that is connected to nobody. `isLeaf`: others never find it by themselves, so that it has the links that a test gave it. `access`: what a
   * former node remembered of peers.
   */
  node(options?: { readonly isLeaf?: boolean; readonly events?: Events; readonly access?: AccessRecords }): Promise<Network>
  connect(from: Network, to: Network): Promise<void>
}

/** The real time, for tests of the real network. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timeout: (ms) => AbortSignal.timeout(ms),
  wait: async (ms, signal) => {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const elapsed = AbortSignal.timeout(ms)
    // Such a time-out keeps no process alive, and a process that only waits would end.
    const alive = setInterval(() => undefined, 60_000)
    const onAbort = (): void => reject(signal.reason)
    elapsed.addEventListener('abort', () => resolve(), { once: true })
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      clearInterval(alive)
      signal.removeEventListener('abort', onAbort)
    }
  },
}

/** The signal of a test that should be over long before. */
export const soon = (): AbortSignal => AbortSignal.timeout(20_000)

/** Everything that a listener hears of peers. */
export const changesOf = (network: Network): PeerChange[] => {
  const changes: PeerChange[] = []
  network.onPeer((change) => changes.push(change))
  return changes
}

/** Whether a node sees another one connected. */
export const sees = (network: Network, peer: PeerId): boolean => network.peers().some((connected) => connected.peer === peer)

/** Checks an error's code in `assert.rejects`. */
export const hasCode =
  (...codes: readonly string[]) =>
  (error: unknown): boolean => {
    assert(error instanceof Error && 'code' in error, `a coded error was expected, not ${String(error)}`)
    assert(codes.includes(String(error.code)), `${codes.join(' or ')} was expected, not ${String(error.code)}: ${error.message}`)
    return true
  }

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

export const bytes = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content))
