import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '#testing'
import { makePackage, StubUpstream } from '../../test/npm/support/mod.ts'
import { type Result, round, spread } from '../measure.ts'
import { Asking } from './asking.ts'
import { percentile } from './beside.ts'
import { startTeamNode } from './place.ts'
import { atMost } from './quick.ts'

const ARCHIVE_BYTES = 20_000
const PACKAGES = 50
const TIMES = atMost(4000, 500)
const WARM_UPS = 200
const MOST_MS = 5

const startPlain = async (file: string): Promise<{ readonly url: string } & AsyncDisposable> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'plain-server.ts'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      if (child.kill()) await ended
    },
  }
}

/** One archive after the other that a node has, in turns with a server that knows nothing but a file. */
export const cacheHits = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  const packages = Array.from({ length: PACKAGES }, (_, index) => makePackage({ name: `hit-${index}`, sizeBytes: ARCHIVE_BYTES }))
  await using upstream = await StubUpstream.start({ packages })
  await using ours = await startTeamNode(join(work.path, 'home'), upstream.url)
  const archive = await packages[0]?.versions.get('1.0.0')?.archive()
  const file = join(work.path, 'archive.tgz')
  await writeFile(file, archive?.bytes ?? '')
  await using plain = await startPlain(file)
  using asking = new Asking(1)
  const times: readonly [number[], number[]] = [[], []]
  const turns = [[times[0], (name: string) => `${ours.registry}${name}/-/${name}-1.0.0.tgz`], [times[1], () => plain.url]] as const
  for (let index = -WARM_UPS; index < TIMES; index++) {
    for (const [list, urlOf] of index % 2 === 0 ? turns : turns.toReversed()) {
      const began = performance.now()
      await asking.ask(urlOf(`hit-${(index + WARM_UPS) % PACKAGES}`))
      if (index >= 0) list.push(performance.now() - began)
    }
  }
  const [mine, theirs] = [percentile(times[0], 99), percentile(times[1], 99)]
  console.log(`an archive of 20 KB: ${spread(times[0])} ms; a plain server: ${spread(times[1])} ms, over ${TIMES} of each`)
  return [{
    what: 'an archive of 20 KB that is here, p99', unit: 'ms', ours: round(mine), baseline: round(theirs), baselineName: 'a plain server of Node',
    ratio: round(mine / theirs), goal: `< ${MOST_MS} ms more`, pass: mine < theirs + MOST_MS,
  }]
}
