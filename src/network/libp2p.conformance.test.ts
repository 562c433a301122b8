import { parseMultiaddr } from '#core'
import { joinNetwork } from '#network/libp2p'
import { type NetworkLab, soon } from './conformance.fixture.ts'
import { systemClock } from './libp2p/system-clock.fixture.ts'
import { networkConformance } from './network.conformance.ts'
import type { Network } from './network.ts'

const openLab = async (): Promise<NetworkLab> => {
  const nodes: Network[] = []
  return {
    node: async ({ isLeaf = false, events } = {}) => {
      const listen = [parseMultiaddr('/ip4/127.0.0.1/tcp/0')]
      const node = await joinNetwork({ listen, bootstrap: [], mdns: false, light: isLeaf, clock: systemClock, signal: soon(), ...(events === undefined ? {} : { events }) })
      nodes.push(node)
      return node
    },
    connect: async (from, to) => {
      const [address = parseMultiaddr('/ip4/127.0.0.1/tcp/1')] = to.addresses()
      await from.dial(address, soon())
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
    },
  }
}

networkConformance('libp2p', openLab)
