import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ServedTarball } from '#core'
import { ggen, rounds, type RunningNode, temporaryFolder, until } from '#testing'
import { doorOf, nodeBefore } from './support/node-before.ts'
import { type ClientRun, makeProject, runClient, type StubPackage, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

/** As many packages as a project of some size has. */
const PACKAGES = rounds(60, 600)

const servedBy = async ({ home }: RunningNode): Promise<readonly ServedTarball[]> =>
  (await ggen(home, 'npm', 'report', '--json')).json<{ readonly served: readonly ServedTarball[] }>().served

const count = <T extends string>(all: readonly { readonly [K in T]?: string }[], field: T): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(all, (one) => one[field] ?? 'nobody')].map(([value, some]) => [value, some.length]))

/** A machine: its node, and npm with an empty cache. */
interface Machine extends AsyncDisposable {
  readonly node: RunningNode
  readonly npm: (...args: readonly string[]) => Promise<ClientRun>
}

interface Site {
  readonly path: string
  readonly upstream: StubUpstream
  /** The project that is installed, again and again. */
  readonly folder: string
}

const machineAt = async ({ path, upstream, folder }: Site, name: string, peers: readonly Machine[] = []): Promise<Machine> => {
  const node = await nodeBefore(join(path, name), upstream, { bootstrap: peers.flatMap((peer) => peer.node.addresses) })
  for (const peer of peers) {
    await until(`${name} sees its peers`, () => peer.node.events.some((event) => event['type'] === 'peer-connected' && event['peer'] === node.peerId))
  }
  const env = { npm_config_replace_registry_host: 'always', npm_config_fetch_retries: '0' }
  const seat = await takeSeat({ client: 'npm', home: join(path, `seat-${name}`), registry: await doorOf(node), env })
  const npm = async (...args: readonly string[]): Promise<ClientRun> => {
    await rm(join(folder, 'node_modules'), { recursive: true, force: true })
    return await runClient(seat, args, { cwd: folder })
  }
  return { node, npm, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

/** Changes one byte in the middle of what a machine holds of a package, behind the back of its node. */
const corrupt = async ({ node }: Machine, { tags, versions }: StubPackage): Promise<void> => {
  const { bytes } = await (versions.get(tags.get('latest') ?? '') ?? assert.fail('no such version')).archive()
  const digest = createHash('sha256').update(bytes).digest('hex')
  const path = join(node.home, 'blobs', 'sha256', digest.slice(0, 2), digest.slice(2))
  assert.ok(existsSync(path), path)
  await chmod(path, 0o600)
  await using file = await open(path, 'r+')
  const at = Math.floor(bytes.length / 2)
  await file.write(Uint8Array.of((bytes[at] ?? 0) ^ 1), 0, 1, at)
}

test('a team installs while the upstream is switched off, around a damaged copy, or says exactly what is missing', {
  skip: whyMissing('npm'),
}, async (context) => {
  await using work = await temporaryFolder()
  const project = makeProject(PACKAGES)
  await using upstream = await StubUpstream.start({ packages: project.packages })
  const site = { path: work.path, upstream, folder: join(work.path, 'project') }
  await mkdir(site.folder)
  await writeFile(join(site.folder, 'package.json'), JSON.stringify(project.manifest))
  const isInstalled = ({ code, stdout, stderr }: ClientRun): void => {
    assert.equal(code, 0, `${stdout}\n${stderr}`)
    assert.deepEqual(project.installed.filter((name) => !existsSync(join(site.folder, 'node_modules', name, 'index.js'))), [])
  }

  await using a = await machineAt(site, 'a')
  isInstalled(await a.npm('install'))
  {
    await using c = await machineAt(site, 'c', [a])
    isInstalled(await c.npm('ci'))
  }
  await upstream.goOff()
  {
    await using b = await machineAt(site, 'b', [a])
    const run = await b.npm('ci')
    isInstalled(run)
    const served = await servedBy(b.node)
    assert.deepEqual([count(served, 'from'), count(served.flatMap(({ givers = [] }) => givers), 'peer')], [{ peer: PACKAGES }, { [a.node.peerId]: PACKAGES }])
    context.diagnostic(`all ${PACKAGES} from one machine in ${Math.round(run.ms)} ms`)
  }
  const damaged = project.packages.find(({ name }) => name === 'made-up-7') ?? assert.fail('no such package')
  await corrupt(a, damaged)
  {
    await using c = await machineAt(site, 'c', [a])
    await using b = await machineAt(site, 'b-again', [a, c])
    isInstalled(await b.npm('ci'))
    const served = await servedBy(b.node)
    assert.deepEqual(count(served, 'from'), { peer: PACKAGES })
    assert.deepEqual(served.find(({ name }) => name === damaged.name)?.givers?.map(({ peer }) => peer), [c.node.peerId])
  }
  {
    await using b = await machineAt(site, 'b-alone', [a])
    const run = await b.npm('ci')
    assert.notEqual(run.code, 0)
    assert.match(run.stderr, new RegExp(`nobody gives ${damaged.name}@.*check the registry in your npm configuration`))
    const failed = (await servedBy(b.node)).filter(({ from }) => from === 'nowhere')
    assert.deepEqual(failed.map(({ name, version }) => [name, version]), [[damaged.name, damaged.tags.get('latest')]])
    const report = (await ggen(b.node.home, 'npm', 'report')).stdout
    assert.match(report, /not served +1 archive/)
    assert.match(report, new RegExp(`${damaged.name}@${damaged.tags.get('latest')}: .*gave other bytes`))
  }
})
