import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, temporaryFolder, until } from '#testing'
import { doorOf, nodeBefore } from './support/node-before.ts'
import { makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

interface Report {
  readonly served: readonly { readonly from: string; readonly name: string; readonly peer?: string }[]
}


const fromOf = async ({ home }: RunningNode): Promise<readonly string[]> =>
  [...new Set((await ggen(home, 'npm', 'report', '--json')).json<Report>().served.map(({ from }) => from))].toSorted()

test('what one node of a team has installed, another installs while the upstream is switched off', { skip: whyMissing('npm') ?? false }, async () => {
  await using work = await temporaryFolder()
  const project = makeProject(12, { small: true })
  await using upstream = await StubUpstream.start({ packages: project.packages })
  await using a = await nodeBefore(join(work.path, 'a'), upstream)
  await using b = await nodeBefore(join(work.path, 'b'), upstream, { bootstrap: a.addresses })
  await until('A and B see each other', () => a.events.some(({ type, peer }) => type === 'peer-connected' && peer === b.peerId))

  const folder = join(work.path, 'project')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify(project.manifest))
  const install = async (node: RunningNode, ...args: readonly string[]): Promise<void> => {
    const seat = await takeSeat({
      client: 'npm', home: join(work.path, `seat-${node.peerId}`), registry: await doorOf(node), env: { npm_config_replace_registry_host: 'always' },
    })
    const { code, stdout, stderr } = await runClient(seat, args, { cwd: folder })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
  }
  await install(a, 'install')
  assert.deepEqual(await fromOf(a), ['upstream'])
  await rm(join(folder, 'node_modules'), { recursive: true })
  await upstream.goOff()
  await install(b, 'ci')
  assert.deepEqual(await fromOf(b), ['peer'])
  const { served } = (await ggen(b.home, 'npm', 'report', '--json')).json<Report>()
  assert.deepEqual([...new Set(served.map(({ peer }) => peer))], [a.peerId])
})
