import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ggen, type Machine, seeded, temporaryFolder, writeTree } from '#testing'
import { runClient, type Seat, StubUpstream, takeSeat } from '../../test/npm/support/mod.ts'
import type { Result } from '../measure.ts'
import { quietDown } from '../transfer/quiet.ts'
import { beside } from './beside.ts'
import { startTeamNode } from './place.ts'
import { atMost } from './quick.ts'
import { startVerdaccio } from './verdaccio.ts'

const ROUNDS = atMost(9, 2)
const CONTENT_BYTES = 1_000_000
const NAME = '@bench/published'
const PASSPHRASE = { GGEN_PASSPHRASE: 'correct horse battery staple' }

/** Milliseconds of `npm publish` of a version. Throws what npm says where it fails. */
const publish = async (seat: Seat, folder: string): Promise<number> => {
  const { code, stdout, stderr, ms } = await runClient(seat, ['publish'], { cwd: folder })
  if (code !== 0) throw new Error(`npm publish ended with ${code}: ${stdout}${stderr}`)
  return ms
}

/** Runs a `ggen` command that must succeed. */
const done = async (machine: Machine, ...command: readonly string[]): Promise<void> => {
  const { code, stderr } = await ggen(machine, ...command)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`)
}

/** `npm publish` of 1 MB that no program makes smaller: to the network by a node whose key is unlocked, in turns with a Verdaccio. */
export const publishing = async (): Promise<Result[]> => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [] })
  await using verdaccio = await startVerdaccio(join(work.path, 'verdaccio'), upstream.url)
  const home = join(work.path, 'home')
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'config.toml'), '[npm.route]\n"@bench/*" = "network"\n')
  await using ours = await startTeamNode(home, upstream.url)
  const author = { home, env: PASSPHRASE }
  await done(author, 'id', 'create')
  await done(author, 'id', 'unlock')
  await using unlocked = new AsyncDisposableStack()
  unlocked.defer(() => done(author, 'id', 'lock'))
  const { token } = (await ggen(author, 'npm', 'token', '--json')).json<{ readonly token: string }>()
  const seatAt = (name: string, registry: string): Promise<Seat> => takeSeat({ client: 'npm', home: join(work.path, name), registry, token })
  const turns = [
    { seat: await seatAt('seat-ours', ours.registry), times: [] as number[] }, { seat: await seatAt('seat-verdaccio', verdaccio.url), times: [] as number[] },
  ] as const
  for (let round = -1; round < ROUNDS; round++) {
    const manifest = JSON.stringify({ name: NAME, version: `1.0.${round + 1}`, description: 'published by the benchmark', license: 'MIT' })
    const files = { 'package.json': manifest, 'content.bin': seeded(`content ${round}`).bytes(CONTENT_BYTES) }
    const folder = await writeTree(join(work.path, `package-${round + 1}`), files)
    for (const { seat, times } of round % 2 === 0 ? turns : turns.toReversed()) {
      await quietDown()
      const ms = await publish(seat, folder)
      if (round >= 0) times.push(ms)
    }
  }
  const [{ times: mine }, { times: other }] = turns
  return [beside({ what: 'npm publish of 1 MB', unit: 'ms', ours: mine, other, otherName: 'Verdaccio', most: 1 })]
}
