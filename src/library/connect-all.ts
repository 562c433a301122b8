import { GgenError, type Multiaddr, parseMultiaddr, type PeerId, toGgenError } from '#core'

/** Which addresses led to a peer, and which did not. */
export interface BootstrapReport {
  readonly connected: readonly PeerId[]
  readonly failed: readonly { readonly address: string; readonly error: GgenError }[]
}

/** Dials all of them at once. Throws `address-invalid`, `peer-unreachable` where none of them can be reached, and the signal's reason. */
export const connectAll = async (nodes: readonly string[], dial: (address: Multiaddr) => Promise<PeerId>, signal: AbortSignal): Promise<BootstrapReport> => {
  const tries = await Promise.allSettled(nodes.map(parseMultiaddr).map(dial))
  signal.throwIfAborted()
  const connected = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = tries.flatMap((one, place) => (one.status === 'rejected' ? [{ address: nodes[place] ?? '', error: toGgenError(one.reason) }] : []))
  const [first] = failed
  if (connected.length > 0 || first === undefined) return { connected, failed }
  const cause = new AggregateError(failed.map(({ error }) => error))
  throw new GgenError('peer-unreachable', `none of ${failed.length} nodes can be reached; the first: ${first.error.message}`, { cause })
}
