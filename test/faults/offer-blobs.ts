import { answerBlobs, type BlobShelf, type BulkChannel } from '#bulk'
import { openTlsChannel } from '#bulk/tls'
import type { Clock } from '#core'
import { answerHave } from '#flow/fetch'
import type { Network } from '#network'
import { type LinkOptions, startProxy } from '#testing'

export interface OfferParts {
  readonly network: Network
  /** Of the network's own peer. */
  readonly peerKey: Uint8Array
  readonly shelf: BlobShelf
  readonly clock: Clock
  /** What lies between the others and the bulk channel. */
  readonly link?: Omit<LinkOptions, 'to'> | undefined
}

const HOST = '127.0.0.1'

/** Gives what is on the shelf as every node does: over the real TLS channel and over libp2p streams. */
export const offerBlobs = async ({ network, peerKey, shelf, clock, link }: OfferParts): Promise<void> => {
  const channel = await openTlsChannel({ peerKey, listen: { host: HOST, port: 0 }, shelf, clock, admits: (peer, host) => network.admits(peer, host) })
  answerBlobs(network, shelf)
  answerHave({ network, shelf, clock, bulk: link === undefined ? channel : await behind(link, channel, network) })
}

/** The same channel, of which others learn the port of the link. */
const behind = async (link: Omit<LinkOptions, 'to'>, channel: BulkChannel, { self }: Network): Promise<Pick<BulkChannel, 'offer'>> => {
  const port = channel.offer(self)?.port
  if (port === undefined) throw new Error('the channel does not listen')
  const proxy = await startProxy({ ...link, to: { host: HOST, port } })
  return {
    offer: (to) => {
      const offer = channel.offer(to)
      return offer && { ...offer, port: proxy.port }
    },
  }
}
