import { parsePackageSpec } from '#core'
import type { ControlClient } from '#doors/control'
import type { Marketplace } from '#marketplace'
import type { Network } from '#network'

/** What the library asks of a node: the same of one in this process as of one behind a control socket. */
export type NodeAccess = Pick<ControlClient, 'search' | 'watch' | 'info' | 'prepare' | 'commit' | 'fetch' | 'readBlob' | 'peers'> & {
  status(signal: AbortSignal): Promise<NodeFigures>
}

type NodeFigures = Pick<
  Awaited<ReturnType<ControlClient['status']>>,
  'peers' | 'peersMet' | 'packages' | 'releases' | 'blobs' | 'catalogue' | 'providerRecords' | 'topics' | 'freshness'
>

/** A node of this process. */
export const accessTo = ({ marketplace, network }: { readonly marketplace: Marketplace; readonly network: Network }): NodeAccess => ({
  search: (question, signal) => marketplace.search(question, signal),
  watch: async (question, signal) => marketplace.watch(question, signal),
  info: async (spec, signal) => await marketplace.info(parsePackageSpec(spec), signal),
  prepare: (question, signal) => marketplace.prepare(question, signal),
  commit: (intent, signatures, signal) => marketplace.commit(intent, signatures, signal),
  fetch: async ({ spec, ...decided }, signal, onProgress) => await marketplace.fetch({ spec: parsePackageSpec(spec), ...decided }, signal, onProgress),
  readBlob: (digest, signal) => marketplace.read(digest, signal),
  peers: async () =>
    network.peers().map(({ peer, address, ...rest }) => {
      const score = marketplace.peerScore(peer)
      return { peerId: peer, ...(address !== undefined && { address }), ...rest, ...(score !== undefined && { score }) }
    }),
  status: async () => {
    const { packages, releases, blobs, catalogue, freshness } = await marketplace.status()
    return { peers: network.peers().length, ...network.stats(), packages, releases, blobs, catalogue, freshness }
  },
})
