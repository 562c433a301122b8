import type { Clock, PeerId } from '#core'
import { AccessLists, memoryAccessRecords } from '#network'
import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { hostOfAddress } from './address-scope.ts'
import { DialFailures } from './dial-failures.ts'
import { DialRules } from './dial-policy.ts'
import { InboundLedger } from './inbound-policy.ts'

/** Who may come in, and what may be dialled: the policies with their state, and the form in which the library asks them. */
export interface Gate {
  readonly rules: DialRules
  readonly access: AccessLists
  readonly failures: DialFailures
  readonly inbound: InboundLedger
  readonly gater: ConnectionGater
}

/** Lists that are forgotten with the node. */
const passingLists = (self: string, clock: Clock): AccessLists =>
  new AccessLists({ self: self as PeerId, clock, records: memoryAccessRecords(), named: [], onFailure: (error) => assert.fail(String(error)) })

/** What a gate is made from; everything has a usual value. */
export interface GateOptions {
  readonly access?: AccessLists
  /** Inbound connections in all. */
  readonly inbound?: number
}

/** The gate of one node; `self` is its own peer id. */
export const createGate = (self: string, clock: Clock, options: GateOptions = {}): Gate => {
  const { access = passingLists(self, clock) } = options
  const rules = new DialRules()
  const failures = new DialFailures()
  const inbound = new InboundLedger(options.inbound)
  /** Connections that are here only until it is known whether they are of an allowed peer, and what frees their places. */
  const trials = new WeakMap<MultiaddrConnection, () => void>()
  const isBanned = (peer: { toString(): string }): boolean => access.isBanned(peer.toString() as PeerId)

  const refuses = (connection: MultiaddrConnection): boolean => {
    const host = hostOfAddress(connection.remoteAddr.toString())
    if (host === undefined) return true
    const { admission, close } = inbound.enter(host, access.isBannedHost(host), clock.monotonic())
    if (admission === 'admit') {
      connection.addEventListener('close', close, { once: true })
      return false
    }
    const leave = access.allowsAnybody ? inbound.try(host) : undefined
    if (leave === undefined) return true
    trials.set(connection, leave)
    connection.addEventListener('close', leave, { once: true })
    return false
  }

  const fails = (peer: { toString(): string }, connection: MultiaddrConnection): boolean => {
    const leave = trials.get(connection)
    leave?.()
    return isBanned(peer) || (leave !== undefined && !access.isAllowed(peer.toString() as PeerId))
  }

  const mayDial = (address: string): boolean =>
    rules.allows(address) && (rules.isFromUser(address) || !failures.covers(address, clock.monotonic()))

  const gater: ConnectionGater = {
    denyInboundConnection: refuses,
    denyInboundEncryptedConnection: fails,
    denyOutboundEncryptedConnection: (peer, connection) => !access.admits(peer.toString() as PeerId, hostOfAddress(connection.remoteAddr.toString())),
    // A ban may fall while a connection is being set up: these are asked last.
    denyInboundUpgradedConnection: isBanned,
    denyOutboundUpgradedConnection: isBanned,
    denyDialPeer: isBanned,
    denyDialMultiaddr: (address) => !mayDial(address.toString()),
    // Our own addresses pass: they are what identify tells others.
    filterMultiaddrForPeer: (peer, address) => peer.toString() === self || rules.allows(address.toString()),
    denyInboundRelayReservation: () => true,
    denyOutboundRelayedConnection: () => true,
    denyInboundRelayedConnection: () => true,
  }
  return { rules, access, failures, inbound, gater }
}
