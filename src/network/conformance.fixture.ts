import type { Events, PeerId } from '#core'
import assert from 'node:assert/strict'
import { setInterval } from 'node:timers/promises'
import type { Network, PeerChange } from './network.ts'

/** A place where nodes of one implementation can be brought up and connected. */
export interface NetworkLab extends AsyncDisposable {
  /** A node that is connected to nobody. `isLeaf`: others never find it by themselves, so that it has the links that a test gave it. */
  node(options?: { readonly isLeaf?: boolean; readonly events?: Events }): Promise<Network>
  connect(from: Network, to: Network): Promise<void>
}

const DEADLINE_MS = 20_000

/** The signal of a test that should be over long before. */
export const soon = (): AbortSignal => AbortSignal.timeout(DEADLINE_MS)

/** Resolves when the condition holds; fails the test when it does not within the deadline. */
export const eventually = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const startedMs = performance.now()
  if (await holds()) return
  for await (const _ of setInterval(5)) {
    if (await holds()) return
    assert(performance.now() - startedMs < DEADLINE_MS, `not within ${DEADLINE_MS} ms: ${what}`)
  }
}

/** Everything that a listener hears of peers. */
export const changesOf = (network: Network): PeerChange[] => {
  const changes: PeerChange[] = []
  network.onPeer((change) => changes.push(change))
  return changes
}

/** Whether a node sees another one connected. */
export const sees = (network: Network, peer: PeerId): boolean => network.peers().some((connected) => connected.peer === peer)

/** All that an async iterable yields. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

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
