import { type Multiaddr, parseMultiaddr } from '#core'
import type { Network } from '#network'
import { joinNetwork } from '#network/libp2p'
import { realClock } from '#testing'
import type { Named } from './hostile-node.ts'

export const soon = (): AbortSignal => AbortSignal.timeout(20_000)

export interface HonestOptions {
  readonly bootstrap?: readonly string[]
  /** It keeps nothing for others. */
  readonly light?: boolean
}

/** A node as it should be, at one address of this machine: every 127.a.b.0/24 is a network of its own. */
export const honestAt = (host: string, { bootstrap = [], light = false }: HonestOptions = {}): Promise<Network> => {
  const listen = [parseMultiaddr(`/ip4/${host}/tcp/0`)]
  return joinNetwork({ listen, bootstrap: bootstrap.map(parseMultiaddr), mdns: false, light, clock: realClock, signal: soon() })
}

/** Where a named peer can be dialled. */
export const addressOf = ({ peer, addresses }: Named): Multiaddr => parseMultiaddr(`${addresses[0] ?? ''}/p2p/${peer}`)
