import { until } from '#testing'
import { Cluster, met, never } from '../../test/scenarios/cluster.ts'
import type { Result } from '../measure.ts'
import { limited, timed } from './limit.ts'

const PACKAGES = 100
const COLD = 9
const WARM = 101

/** A search that this node has answered before, and one that a node without a catalogue has to ask its peers for. */
export const searching = async (): Promise<Result[]> => {
  await using cluster = await Cluster.open()
  const full = await cluster.start('full')
  for (let index = 0; index < PACKAGES; index++) {
    await cluster.publish(full, 'ada', { name: `found-${index}`, description: `has the word needle${index % COLD} among others` })
  }
  await full.client.search({ words: ['needle0'] }, never)
  const cached = await timed(WARM, () => full.client.search({ words: ['needle0'] }, never))

  const light = await cluster.start('light', { bootstrap: full.node.addresses, more: ['--no-mdns', '--light'] })
  await met(light, full)
  await until('it can ask', async () => (await light.client.search({ words: ['found-99'] }, never)).total > 0)
  const cold = await timed(COLD, async (round) => {
    const { total } = await light.client.search({ words: [`needle${round}`] }, never)
    if (total === 0) throw new Error(`nobody found needle${round}`)
  })
  return [
    limited({ what: `search of a node that knows ${PACKAGES} packages, asked before`, unit: 'ms', values: cached, most: 10 }),
    limited({ what: 'search of a node without a catalogue, asked of a peer', unit: 'ms', values: cold, most: 2000 }),
  ]
}
