import { join } from 'node:path'
import { temporaryFolder } from '#testing'
import { makePackage, StubUpstream } from '../../test/npm/support/mod.ts'
import { median, type Result, round, spread } from '../measure.ts'
import { forgetPeak, peakMegabytes } from '../transfer/process-figures.ts'
import { Asking } from './asking.ts'
import { startTeamNode } from './place.ts'
import { atMost } from './quick.ts'
import { startVerdaccio } from './verdaccio.ts'

const VERSIONS = [10, 400, 3800]
/** The one that the goal is set for. */
const TYPICAL = 400
const CONNECTIONS = 16
const ROUNDS = atMost(5, 1)
const SPAN_MS = atMost(3000, 1000)
const MOST_MB = 200
const LEAST_TIMES = 20

const nameOf = (versionCount: number): string => `of-${versionCount}-versions`

/** About as much as real packages say of each version. */
const manifest = {
  dependencies: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`needed-${index}`, `^${index}.4.0`])),
  engines: { node: '>=18' }, bin: 'bin/run.js', funding: { url: 'https://www.example.org/fund' },
}

/** Answers per second while so many connections ask all the time. */
const rateOf = async (url: string): Promise<number> => {
  using asking = new Asking(CONNECTIONS)
  let answers = 0
  const began = performance.now()
  const worker = async (): Promise<void> => {
    for (; performance.now() - began < SPAN_MS; answers++) await asking.ask(url)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  return (answers * 1000) / (performance.now() - began)
}

/** Documents per second of a node and of a Verdaccio that have them, in turns. */
export const documents = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  const packages = VERSIONS.map((versionCount) => makePackage({ name: nameOf(versionCount), versionCount, manifest }))
  await using upstream = await StubUpstream.start({ packages })
  await using verdaccio = await startVerdaccio(join(work.path, 'verdaccio'), upstream.url)
  await using ours = await startTeamNode(join(work.path, 'home'), upstream.url)
  const rows: Result[] = []
  const peaks: number[] = []
  for (const versionCount of VERSIONS) {
    const turns = [{ registry: ours.registry, rates: [] as number[] }, { registry: verdaccio.url, rates: [] as number[] }] as const
    for (const { registry } of turns) {
      using first = new Asking(1)
      await first.ask(registry + nameOf(versionCount))
    }
    for (let index = 0; index < ROUNDS; index++) {
      await forgetPeak(ours.node.pid)
      for (const { registry, rates } of index % 2 === 0 ? turns : turns.toReversed()) rates.push(await rateOf(registry + nameOf(versionCount)))
      peaks.push(await peakMegabytes(ours.node.pid))
    }
    rows.push(rateRow(versionCount, turns[0].rates, turns[1].rates))
  }
  const peak = Math.max(...peaks)
  const memory = {
    what: 'resident memory of a node that sends documents, at most', unit: 'MB', ours: round(peak), baseline: MOST_MB, baselineName: 'limit',
    ratio: round(peak / MOST_MB), goal: `< ${MOST_MB} MB`, pass: peak < MOST_MB,
  }
  return [...rows, memory]
}

const rateRow = (versionCount: number, ours: readonly number[], verdaccio: readonly number[]): Result => {
  const what = `documents of ${versionCount} versions`
  console.log(`${what}: ${spread(ours)} a second; Verdaccio: ${spread(verdaccio)} a second, over ${ours.length} rounds`)
  const [mine, theirs] = [median(ours), median(verdaccio)]
  return {
    what, unit: 'a second', ours: round(mine), lowest: round(Math.min(...ours)), highest: round(Math.max(...ours)), baseline: round(theirs),
    baselineName: 'Verdaccio', ratio: round(mine / theirs), goal: versionCount === TYPICAL ? `≥ ${LEAST_TIMES} × Verdaccio` : 'stated',
    pass: versionCount !== TYPICAL || mine >= LEAST_TIMES * theirs,
  }
}
