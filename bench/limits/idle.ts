import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '#testing'
import { Cluster } from '../../test/scenarios/cluster.ts'
import type { Result } from '../measure.ts'
import { cpuSeconds, residentMegabytes } from '../transfer/process-figures.ts'
import { limited } from './limit.ts'
import { socketBytes } from './socket-bytes.ts'

const PEERS = 20
const SETTLE_MS = 60_000
const SPAN_MS = 30_000
const SPANS = 3

/** A node with twenty peers, all of which are nodes too, that has nothing to do. */
export const idle = async (): Promise<Result[]> => {
  await using cluster = await Cluster.open()
  const { node, client } = await cluster.start('node')
  for (let index = 0; index < PEERS; index++) await cluster.start(`peer-${index}`, { bootstrap: node.addresses })
  await until('all are there', async () => (await client.peers(AbortSignal.timeout(5000))).length >= PEERS, SETTLE_MS)
  await sleep(SETTLE_MS)
  const cpu: number[] = []
  const network: number[] = []
  const memory: number[] = []
  for (let span = 0; span < SPANS; span++) {
    const [seconds, bytes, began] = [await cpuSeconds(node.pid), await socketBytes(node.pid), performance.now()]
    await sleep(SPAN_MS)
    const elapsed = (performance.now() - began) / 1000
    network.push(((await socketBytes(node.pid)) - bytes) / 1000 / elapsed)
    cpu.push((((await cpuSeconds(node.pid)) - seconds) / elapsed) * 100)
    memory.push(await residentMegabytes(node.pid))
  }
  return [
    limited({ what: `idle node with ${PEERS} peers, resident memory`, unit: 'MB', values: memory, most: 100 }),
    limited({ what: `idle node with ${PEERS} peers, processor`, unit: '% of one core', values: cpu, most: 5 }),
    limited({ what: `idle node with ${PEERS} peers, network, both ways together`, unit: 'KB/s', values: network, most: 10 }),
  ]
}
