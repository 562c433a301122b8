import type { Clock } from '#core'
import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import { hostOfAddress } from './address-scope.ts'
import { Bans } from './bans.ts'
import { DialFailures } from './dial-failures.ts'
import { DialRules } from './dial-policy.ts'
import { InboundLedger } from './inbound-policy.ts'

/** Who may come in, and what may be dialled: the policies with their state, and the form in which the library asks them. */
export interface Gate {
  readonly rules: DialRules
  readonly bans: Bans
  readonly failures: DialFailures
  readonly inbound: InboundLedger
  readonly gater: ConnectionGater
}

/** The gate of one node; `self` is its own peer id. */
export const createGate = (self: string, clock: Clock): Gate => {
  const rules = new DialRules()
  const bans = new Bans()
  const failures = new DialFailures()
  const inbound = new InboundLedger()
  const isBanned = (key: string): boolean => bans.covers(key, clock.monotonic())

  const refuses = (connection: MultiaddrConnection): boolean => {
    const host = hostOfAddress(connection.remoteAddr.toString())
    if (host === undefined) return true
    const nowMs = clock.monotonic()
    const { admission, close } = inbound.enter(host, bans.coversHost(host, nowMs), nowMs)
    connection.addEventListener('close', close, { once: true })
    return admission !== 'admit'
  }

  const mayDial = (address: string): boolean =>
    rules.allows(address) && (rules.isFromUser(address) || !failures.covers(address, clock.monotonic()))

  const gater: ConnectionGater = {
    denyInboundConnection: refuses,
    denyInboundEncryptedConnection: (peer) => isBanned(peer.toString()),
    denyOutboundEncryptedConnection: (peer) => isBanned(peer.toString()),
    // A ban may fall while a connection is being set up: these are asked last.
    denyInboundUpgradedConnection: (peer) => isBanned(peer.toString()),
    denyOutboundUpgradedConnection: (peer) => isBanned(peer.toString()),
    denyDialPeer: (peer) => isBanned(peer.toString()),
    denyDialMultiaddr: (address) => !mayDial(address.toString()),
    // Our own addresses pass: they are what identify tells others.
    filterMultiaddrForPeer: (peer, address) => peer.toString() === self || rules.allows(address.toString()),
    denyInboundRelayReservation: () => true,
    denyOutboundRelayedConnection: () => true,
    denyInboundRelayedConnection: () => true,
  }
  return { rules, bans, failures, inbound, gater }
}
