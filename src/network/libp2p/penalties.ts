import { type BanSubject, type Events, GgenError, isPeerId, type PeerId, plainHost } from '#core'
import { peerAccess, type PeerAccess } from '#network'
import { peerIdFromString } from '@libp2p/peer-id'
import { hostOfAddress, isThisMachine } from './address-scope.ts'
import type { Gate } from './gate.ts'
import type { Node } from './node.ts'

/** What penalties need from the rest of the node. */
export interface PenaltyContext {
  readonly self: PeerId
  readonly node: Pick<Node, 'getConnections'>
  readonly gate: Gate
  readonly events: Events | undefined
}

/** What happens to peers that misbehave: strikes that add up, bans at once. A ban cuts every connection to whom it covers. */
export class Penalties {
  readonly #context: PenaltyContext
  /** `Network.access`. */
  readonly access: PeerAccess

  constructor(context: PenaltyContext) {
    this.#context = context
    this.access = peerAccess(context.gate.access, (subject, reason) => this.#cut(subject, reason))
  }

  /** Counts provable misbehaviour; enough of it is a ban. */
  strike(peer: PeerId): void {
    const reason = 'it broke the rules too often'
    if (this.#context.gate.access.strike({ peer, host: this.#hostOf(peer) }, reason).length > 0) this.#cut(peer, reason)
  }

  /** `Network.ban`. */
  ban(peer: PeerId, reason: string): void {
    if (this.#context.gate.access.convict({ peer, host: this.#hostOf(peer) }, reason).length > 0) this.#cut(peer, reason)
  }

  /** `Network.admits`. */
  admits(peer: PeerId, host?: string): boolean {
    const plain = host === undefined ? undefined : plainHost(host)
    return (host === undefined || plain !== undefined) && this.#context.gate.access.admits(peer, plain)
  }

  /** This machine is shared by every local node of a user: banning it would punish all of them for one. */
  #hostOf(peer: PeerId): string | undefined {
    const [first] = this.#context.node.getConnections(peerIdFromString(peer))
    const host = first && hostOfAddress(first.remoteAddr.toString())
    return host === undefined || isThisMachine(host) ? undefined : host
  }

  #cut(subject: BanSubject, reason: string): void {
    const { node, gate, events } = this.#context
    const failure = new GgenError('denied', `the peer was banned: ${reason}`)
    if (isPeerId(subject)) {
      events?.emit({ type: 'peer-banned', peer: subject, reason })
      for (const connection of node.getConnections(peerIdFromString(subject))) connection.abort(failure)
      return
    }
    for (const connection of node.getConnections()) {
      const host = hostOfAddress(connection.remoteAddr.toString())
      if (!gate.access.admits(connection.remotePeer.toString() as PeerId, host)) connection.abort(failure)
    }
  }
}
