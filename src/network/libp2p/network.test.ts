import { parseMultiaddr } from '#core'
import type { Network } from '#network'
import { networkConformance } from '../network.conformance.ts'
import { type NetworkLab, realClock, soon } from '../network-lab.conformance.ts'
import { joinNetwork } from './join.ts'

const openLab = async (): Promise<NetworkLab> => {
  const nodes: Network[] = []
  return {
    node: async ({ isLeaf = false, events, access } = {}) => {
      const listen = [parseMultiaddr('/ip4/127.0.0.1/tcp/0')]
      const options = { listen, bootstrap: [], mdns: false, light: isLeaf, clock: realClock, signal: soon() }
      const node = await joinNetwork({ ...options, ...(events !== undefined && { events }), ...(access !== undefined && { access }) })
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
