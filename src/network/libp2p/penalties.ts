import { type Clock, type Events, GgenError, type PeerId } from '#core'
import { peerIdFromString } from '@libp2p/peer-id'
import { hostOfAddress, plainHost } from './address-scope.ts'
import type { Gate } from './gate.ts'
import type { Node } from './node.ts'

/** What penalties need from the rest of the node. */
export interface PenaltyContext {
  readonly self: PeerId
  readonly node: Pick<Node, 'getConnections'>
  readonly gate: Gate
  readonly clock: Clock
  readonly events: Events | undefined
}

/** What happens to peers that misbehave: strikes that add up, bans at once. A ban cuts every connection to the peer. */
export class Penalties {
  readonly #context: PenaltyContext

  constructor(context: PenaltyContext) {
    this.#context = context
  }

  /** Counts provable misbehaviour; enough of it is a ban. */
  strike(peer: PeerId): void {
    const { gate, clock } = this.#context
    if (gate.bans.strike(peer, this.#hostOf(peer), clock.monotonic())) this.#cut(peer, 'it broke the rules too often')
  }

  /** `Network.ban`. */
  ban(peer: PeerId, reason: string): void {
    const { self, gate, clock } = this.#context
    if (peer !== self && gate.bans.ban(peer, this.#hostOf(peer), clock.monotonic())) this.#cut(peer, reason)
  }

  /** `Network.admits`. */
  admits(peer: PeerId, host?: string): boolean {
    const { bans } = this.#context.gate
    const nowMs = this.#context.clock.monotonic()
    if (bans.covers(peer, nowMs)) return false
    if (host === undefined) return true
    const plain = plainHost(host)
    return plain !== undefined && !bans.coversHost(plain, nowMs)
  }

  #hostOf(peer: PeerId): string | undefined {
    const [first] = this.#context.node.getConnections(peerIdFromString(peer))
    return first === undefined ? undefined : hostOfAddress(first.remoteAddr.toString())
  }

  #cut(peer: PeerId, reason: string): void {
    const { node, events } = this.#context
    events?.emit({ type: 'peer-banned', peer, reason })
    for (const connection of node.getConnections(peerIdFromString(peer))) connection.abort(new GgenError('denied', `the peer was banned: ${reason}`))
  }
}
