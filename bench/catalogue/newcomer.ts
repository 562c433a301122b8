import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { RunningNode } from '#testing'
import { startNode, until } from '#testing'
import { type Result, round } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { clientOf, residentMegabytes } from './control.ts'
import { fillHome } from './filled-home.ts'
import { opsFile } from './ops-file.ts'
import { PlainGiver } from './plain.ts'
import { SEED } from './seed.ts'

const PACKAGES = 100_000
const MOST_MS = 60_000
const MOST_MEGABYTES = 300
const PATIENCE_MS = 1_800_000
/** A word that many packages have. */
const WORD = 'server'

const never = new AbortController().signal

interface Arrival {
  readonly ms: number
  readonly mostMegabytes: number
}

/** An empty node, from the start of its process until a search finds there what it finds at the other. */
const arrive = async (home: string, teacher: RunningNode): Promise<Arrival> => {
  const there = clientOf(teacher.home)
  const { catalogue } = await there.status(never)
  const { total } = await there.search({ words: [WORD] }, never)
  const began = performance.now()
  await using node = await startNode({ home, bootstrap: teacher.addresses })
  const here = clientOf(home)
  await until('the newcomer knows everything', async () => {
    if ((await here.status(never)).catalogue.fingerprint !== catalogue.fingerprint) return false
    return (await here.search({ words: [WORD] }, never)).total === total
  }, PATIENCE_MS)
  return { ms: performance.now() - began, mostMegabytes: (await residentMegabytes(node.pid)).most }
}

/** A catalogue that others filled, for a node that has nothing, beside a download of the same ops over HTTP with all signatures checked in one loop. */
export const newcomer = async (work: string): Promise<Result[]> => {
  const count = packagesAtMost(PACKAGES)
  const filling = { seed: SEED, count }
  await fillHome(join(work, 'teacher'), filling)
  await using giver = await PlainGiver.start(await opsFile(SEED, count))
  const plain = await giver.receive('url', true)
  await using teacher = await startNode({ home: join(work, 'teacher') })
  const { ms, mostMegabytes } = await arrive(join(work, 'newcomer'), teacher)
  console.log(`${plain.ops} ops, ${round(plain.bytes / 1e6)} MB`)
  const what = `an empty node learns of ${short(count)} packages`
  const baselineName = 'HTTP and every signature in one loop'
  return [
    {
      what: `${what}, until its first complete search`, unit: 's', ours: round(ms / 1000), baseline: round(plain.wallMs / 1000), baselineName,
      ratio: round(ms / plain.wallMs), goal: `< ${MOST_MS / 1000} s`, pass: ms < MOST_MS,
    },
    {
      what: `${what}, resident memory at most`, unit: 'MB', ours: round(mostMegabytes), baseline: round(plain.mostMegabytes), baselineName,
      ratio: round(mostMegabytes / plain.mostMegabytes), goal: `< ${MOST_MEGABYTES} MB`, pass: mostMegabytes < MOST_MEGABYTES,
    },
  ]
}
