import { setTimeout as sleep } from 'node:timers/promises'
import { launcher, smallPackage, writeTree } from '#testing'
import { Cluster, met, never } from '../../test/scenarios/cluster.ts'
import { type Result, timeProcess } from '../measure.ts'
import { limited, timed } from './limit.ts'

const ROUNDS = 11
/** A mesh is built within a few heartbeats of gossip. */
const SETTLE_MS = 5000
/** Gossip takes so much at once of somebody whom nobody knows yet. */
const PAUSE_MS = 1000

/** From the folder to the receipt, as a command and as the node's part of it, and until another node shows it. */
export const publishing = async (): Promise<Result[]> => {
  await using cluster = await Cluster.open()
  const a = await cluster.start('a')
  const b = await cluster.start('b', { bootstrap: a.node.addresses })
  await met(a, b)
  await sleep(SETTLE_MS)
  const env = { ...process.env, GGEN_HOME: a.node.home }
  const folders = await Promise.all(Array.from({ length: ROUNDS }, (_, round) => writeTree(cluster.path(`command-${round}`), smallPackage(`command-${round}`))))
  const commands = await timed(ROUNDS, (round) => timeProcess(process.execPath, [launcher(), 'publish', '--no-passphrase', folders[round] ?? ''], env))

  // Releases of names that nobody had before.
  const news = await b.client.watch({ words: [], types: ['package'] }, never)
  const seen = news[Symbol.asyncIterator]()
  const node: number[] = []
  const told: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(PAUSE_MS)
    const began = performance.now()
    await cluster.publish(a, `publisher-${round}`, { name: `told-${round}` })
    const acknowledged = performance.now()
    await seen.next()
    node.push(acknowledged - began)
    told.push(performance.now() - began)
  }
  return [
    limited({ what: 'ggen publish of a small package, the whole command', unit: 'ms', values: commands, most: 1000 }),
    limited({ what: 'publish of a small package, prepared, signed and acknowledged', unit: 'ms', values: node, most: 1000 }),
    limited({ what: 'publish and gossip: from the folder until another node shows it', unit: 'ms', values: told, most: 200 }),
  ]
}
