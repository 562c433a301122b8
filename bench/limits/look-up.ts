import { parseDigest, parseMultiaddr } from '#core'
import { joinNetwork } from '#network/libp2p'
import { realClock, until } from '#testing'
import { Cluster, met, never } from '../../test/scenarios/cluster.ts'
import type { Result } from '../measure.ts'
import { limited, timed } from './limit.ts'

const SIZES = [10, 100, 1000]
const ROUNDS = 21
const PUBLISHERS = 50
/** Blobs are told to others at a pace that they accept. */
const TOLD_MS = 600_000

/** Who has a blob, asked of a node that does not have it, by one that has just come; the last package that was published comes first. */
export const lookUp = async (): Promise<Result[]> => {
  await using cluster = await Cluster.open()
  const keeper = await cluster.start('keeper', { listen: '/ip4/127.43.1.1/tcp/0' })
  const holder = await cluster.start('holder', { listen: '/ip4/127.43.2.1/tcp/0', bootstrap: keeper.node.addresses })
  await met(keeper, holder)
  const network = { listen: [parseMultiaddr('/ip4/127.43.3.1/tcp/0')], bootstrap: [parseMultiaddr(keeper.node.addresses[0] ?? '')], mdns: false, light: true }
  await using asker = await joinNetwork({ ...network, clock: realClock, signal: never })
  await until('the asker is there', () => asker.peers().some(({ peer }) => peer === keeper.node.peerId))
  const rows: Result[] = []
  let published = 0
  for (const size of SIZES) {
    for (; published < size; published++) await cluster.publish(holder, `publisher-${published % PUBLISHERS}`, { name: `kept-${published}` })
    const digestOf = async (index: number): Promise<ReturnType<typeof parseDigest>> =>
      parseDigest((await holder.client.info(`kept-${index}`, never)).digest ?? '')
    const digests = await Promise.all(Array.from({ length: ROUNDS }, (_, round) => digestOf(Math.max(0, size - 1 - round * Math.floor(size / 10)) % size)))
    const find = async (digest: ReturnType<typeof parseDigest>): Promise<boolean> => {
      for await (const peer of asker.findProviders(digest, never)) return peer === holder.node.peerId
      return false
    }
    await until('the newest is found', () => find(digests[0] ?? parseDigest('')), TOLD_MS)
    const values = await timed(ROUNDS, async (round) => {
      const digest = digests[round]
      if (digest === undefined || !(await find(digest))) throw new Error(`nobody was found in round ${round}`)
    })
    rows.push(limited({ what: `look-up of a holder, of ${size} packages`, unit: 'ms', values, most: 500 }))
  }
  return rows
}
