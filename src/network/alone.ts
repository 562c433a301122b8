import { type AccessRecords, type Clock, type Events, GgenError, type PeerId, toGgenError } from '#core'
import { AccessLists, peerAccess } from './access-lists.ts'
import type { Network } from './network.ts'

export interface AloneOptions {
  readonly self: PeerId
  readonly clock: Clock
  readonly events: Events
  /** What the user has decided about peers; it is kept for when there are some. */
  readonly records: AccessRecords
}

/** The network of a node that stays by itself: nobody is there, nobody is asked, nobody comes. */
export const aloneNetwork = ({ self, clock, events, records }: AloneOptions): Network => {
  const onFailure = (error: unknown): void => {
    const { code, message } = toGgenError(error)
    events.emit({ type: 'task-failed', task: 'remember a ban', code, message })
  }
  const lists = new AccessLists({ self, clock, records, named: [], onFailure })
  let isGone = false
  const assertOpen = (): void => {
    if (isGone) throw new GgenError('cancelled', 'the node has left the network')
  }
  const nobody = (): never => {
    assertOpen()
    throw new GgenError('peer-unreachable', 'this node is in no network')
  }
  const nothing: Disposable = { [Symbol.dispose]: () => undefined }
  return {
    self,
    addresses: () => [],
    peers: () => [],
    addressOf: () => undefined,
    dial: async () => nobody(),
    ask: async () => nobody(),
    onPeer: () => nothing,
    answer: () => nothing,
    listen: () => nothing,
    announce: async () => {
      assertOpen()
      return 0
    },
    provide: async () => assertOpen(),
    // oxlint-disable-next-line require-yield -- because nobody ever provides anything
    async *findProviders() {
      assertOpen()
    },
    ban: () => undefined,
    admits: (peer, host) => lists.admits(peer, host),
    access: peerAccess(lists, () => undefined),
    stats: () => ({ providerRecords: 0, topics: [], peersMet: 0 }),
    [Symbol.asyncDispose]: async () => {
      isGone = true
    },
  }
}
