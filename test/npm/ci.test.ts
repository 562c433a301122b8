import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type Machine, startNode, temporaryFolder, until } from '#testing'
import { makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const HERE = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']

interface Stopped {
  readonly stopped: boolean
  readonly from: readonly { readonly from: string; readonly archives: number; readonly bytes: number }[]
}

/** What a shell would have after `eval`. */
const evaluated = (lines: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value.replace(/^'(.*)'$/, '$1')]))

test('a job installs through a node of its own from the nodes of its team, publishes nothing, and hears what came from where', {
  skip: whyMissing('npm') ?? false,
}, async () => {
  await using work = await temporaryFolder()
  const at = (...names: readonly string[]): string => join(work.path, ...names)
  const project = makeProject(8, { small: true })
  await using upstream = await StubUpstream.start({ packages: project.packages })
  await writeFile(at('npmrc'), `registry=${upstream.url}\n`)
  const env = { npm_config_userconfig: at('npmrc') }
  await mkdir(at('a'), { mode: 0o700 })
  assert.equal((await ggen(at('a'), 'invite', '--network', 'acme')).code, 0)
  await using a = await startNode({ home: at('a'), env })
  await writeFile(at('ticket'), (await ggen(a.home, 'invite', '--json')).json<{ readonly ticket: string }>().ticket)
  await mkdir(at('project'))
  await writeFile(at('project', 'package.json'), JSON.stringify(project.manifest))
  const npm = async (registry: string, ...args: readonly string[]): Promise<void> => {
    const seat = await takeSeat({ client: 'npm', home: at(`seat-${args[0]}`), registry, env: { npm_config_replace_registry_host: 'always' } })
    const { code, stdout, stderr } = await runClient(seat, [...args, '--no-audit'], { cwd: at('project') })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
  }
  await npm((await ggen(a.home, 'npm', '--json')).json<{ readonly url: string }>().url, 'install')

  const job: Machine = { home: at('job'), env }
  const started = await ggen(job, 'ci', 'start', '--ticket', at('ticket'), '--export', ...HERE)
  assert.equal(started.code, 0, started.stdout + started.stderr)
  try {
    const variables = evaluated(started.stdout)
    assert.deepEqual([variables['GGEN_HOME'], Object.keys(variables).some((name) => /token/i.test(name))], [at('job'), false])
    await until('the job sees its team', async () => (await ggen(job, 'p2p', 'peers', '--json')).json<readonly unknown[]>().length > 0)
    await upstream.goOff()
    await npm(variables['npm_config_registry'] ?? '', 'ci')
    const refused = await ggen(job, 'publish', '--no-passphrase', at('project'), '--json')
    assert.equal(refused.json<{ readonly error: { readonly code: string } }>().error.code, 'publishes-nothing')
  } finally {
    const stopped = await ggen(job, 'ci', 'stop', '--json')
    assert.equal(stopped.code, 0, stopped.stdout)
    const { stopped: wasRunning, from } = stopped.json<Stopped>()
    assert.deepEqual([wasRunning, from.map((one) => one.from)], [true, ['peer']])
    assert.ok(from.every(({ archives, bytes }) => archives > 0 && bytes > 0))
  }
  assert.equal((await ggen(job, 'p2p', 'status')).code, 9)
  const again = await ggen(job, 'ci', 'stop', '--json')
  assert.deepEqual([again.code, again.json<Stopped>().stopped], [0, false])
})

test('the node of a job that was killed ends by itself', async () => {
  await using work = await temporaryFolder()
  const job: Machine = { home: join(work.path, 'job'), env: {} }
  const started = await ggen(job, 'ci', 'start', '--idle', '2s', '--json', ...HERE)
  assert.equal(started.code, 0, started.stdout + started.stderr)
  const { pid } = started.json<{ readonly pid: number }>()
  await until('it has ended', () => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  })
  assert.doesNotMatch(await readFile(join(job.home, 'node.log'), 'utf8'), /"error"/)
})
