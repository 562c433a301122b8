import { describe } from 'node:test'
import { askingConformance } from './asking.conformance.ts'
import { bansConformance } from './bans.conformance.ts'
import type { NetworkLab } from './network-lab.conformance.ts'
import { gossipConformance } from './gossip.conformance.ts'
import { peersConformance } from './peers.conformance.ts'
import { providersConformance } from './providers.conformance.ts'

/** What every implementation of the port does: the real one, its twin in memory, and any other. */
export const networkConformance = (name: string, openLab: () => Promise<NetworkLab>): void => {
  describe(`${name}: peers`, () => peersConformance(openLab))
  describe(`${name}: questions and answers`, () => askingConformance(openLab))
  describe(`${name}: gossip`, () => gossipConformance(openLab))
  describe(`${name}: holders of blobs`, () => providersConformance(openLab))
  describe(`${name}: bans`, () => bansConformance(openLab))
}
