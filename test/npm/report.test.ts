import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, startNode, temporaryFolder } from '#testing'
import { makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

interface Report {
  readonly installs: readonly {
    readonly client: string
    readonly archives: number
    readonly from: readonly { readonly from: string; readonly bytes: number }[]
    readonly savedMs?: number
  }[]
}

test('ggen npm report tells installs apart, and what each of them saved', { skip: whyMissing('npm') }, async () => {
  await using work = await temporaryFolder()
  const project = makeProject(8, { small: true })
  await using upstream = await StubUpstream.start({ packages: project.packages, latencyMs: 100 })
  const [home, folder] = [join(work.path, 'home'), join(work.path, 'project')]
  await mkdir(home, { mode: 0o700 })
  await mkdir(folder)
  await writeFile(join(home, 'npmrc'), `registry=${upstream.url}\n`)
  await writeFile(join(folder, 'package.json'), JSON.stringify(project.manifest))
  await using node = await startNode({ home, env: { npm_config_userconfig: join(home, 'npmrc') } })
  const { url } = (await ggen(node.home, 'npm', '--json')).json<{ readonly url: string }>()
  for (const [name, ...args] of [['first', 'install'], ['second', 'ci']] as const) {
    const seat = await takeSeat({ client: 'npm', home: join(work.path, name), registry: url, env: { npm_config_replace_registry_host: 'always' } })
    const { code, stderr } = await runClient(seat, args, { cwd: folder })
    assert.equal(code, 0, stderr)
    await rm(join(folder, 'node_modules'), { recursive: true })
  }
  const { installs } = (await ggen(node.home, 'npm', 'report', '--json')).json<Report>()
  assert.deepEqual(installs.map(({ client, from }) => [client, from.map((one) => one.from)]), [['npm', ['upstream']], ['npm', ['disk']]])
  const [first, second] = installs
  assert.equal(second?.archives, first?.archives)
  assert.equal(first?.savedMs, 0)
  assert.ok((second?.savedMs ?? 0) > 50, 'what comes from the disk waits for no registry')
  const { stdout } = await ggen(node.home, 'npm', 'report')
  assert.match(stdout, /npm, \d+ archives in [^]*upstream +\d+ archives[^]*\n\n[^]*this disk +\d+ archives[^]*time saved +about/)
})
