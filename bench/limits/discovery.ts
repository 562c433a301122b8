import { until } from '#testing'
import { Cluster } from '../../test/scenarios/cluster.ts'
import type { Result } from '../measure.ts'
import { limited } from './limit.ts'

const ROUNDS = 7

/** From the ready line of the second of two nodes that nobody introduced until both see each other. */
export const discovery = async (): Promise<Result[]> => {
  const values: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await using cluster = await Cluster.open()
    const more = ['--network', `limit-${process.pid}-${round}`]
    const first = await cluster.start('first', { more })
    const second = await cluster.start('second', { more })
    const began = performance.now()
    const isThere = (): boolean => second.node.events.some(({ type, peer }) => type === 'peer-connected' && peer === first.node.peerId)
    await until('they have met', isThere)
    values.push(performance.now() - began)
  }
  return [limited({ what: 'mDNS: from the ready line of the second node until it is connected', unit: 'ms', values, most: 500 })]
}
