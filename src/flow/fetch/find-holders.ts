import { type Clock, type Digest, isGgenError, LIMITS, type PeerId } from '#core'
import type { Network } from '#network'
import { decodeHaveAnswer, encodeHaveQuestion } from '#wire'
import type { HolderTable } from './holder-table.ts'

export interface FindParts {
  readonly network: Network
  readonly holders: HolderTable
  readonly clock: Clock
}

/** Peers that hold a blob, each once: those known before, then whoever is connected and says so, then those the DHT names. Ends when nothing is left. */
export async function* findHolders(parts: FindParts, digest: Digest, signal: AbortSignal): AsyncGenerator<PeerId> {
  const seen = new Set<PeerId>([parts.network.self])
  const connected = new Set(parts.network.peers().map(({ peer }) => peer))
  for (const peer of parts.holders.of(digest).filter((known) => connected.has(known))) {
    seen.add(peer)
    yield peer
  }
  for (const peer of await askConnected(parts, digest, signal)) {
    if (seen.has(peer)) continue
    seen.add(peer)
    yield peer
  }
  const lookup = AbortSignal.any([signal, parts.clock.timeout(LIMITS.providerLookupTimeoutMs)])
  for await (const peer of parts.network.findProviders(digest, lookup)) {
    if (seen.has(peer)) continue
    seen.add(peer)
    yield peer
  }
}

/** Which connected peers hold the blob, as far as they say so in time. */
export const askConnected = async ({ network, holders, clock }: FindParts, digest: Digest, signal: AbortSignal): Promise<readonly PeerId[]> => {
  const question = encodeHaveQuestion([digest])
  const deadline = AbortSignal.any([signal, clock.timeout(LIMITS.haveTimeoutMs)])
  const candidates = network.peers().filter(({ protocols }) => protocols.includes('/ggen/have/1'))
  const answers = await Promise.all(
    candidates.map(async ({ peer }) => {
      try {
        const [held] = decodeHaveAnswer(await network.ask(peer, '/ggen/have/1', question, deadline), 1)
        if (held === true) holders.add(digest, peer)
        else holders.remove(digest, peer)
        return held === true ? peer : undefined
      } catch (error) {
        if (isGgenError(error) || deadline.aborted) return undefined
        throw error
      }
    }),
  )
  signal.throwIfAborted()
  return answers.filter((peer) => peer !== undefined)
}
