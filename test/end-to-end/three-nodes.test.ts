import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/home.ts'
import { ggen, type RunningNode, startNode } from '../support/processes.ts'
import { smallPackage } from '../support/marketplaces.ts'
import { hashTree, writeTree } from '../support/trees.ts'
import { until } from '../support/until.ts'

const FILES = {
  'ggen.toml': '[package]\nname = "io.ggen.rust.cli"\nversion = "1.2.0"\ndescription = "Scaffolds a luminous command line program"\ntags = ["rust", "cli"]\n',
  'README.md': '# rust cli\n',
  'templates/main.rs.tmpl': 'fn main() {}\n',
  'assets/blob.bin': Buffer.alloc(3_000_000, 'ggen demo bytes '),
}

interface Search { total: number; results: { name: string; version: string; identity: string; score: number; holders: number }[] }
interface Installed { installed: { digest: string; path: string; sources: { peer: string; bytes: number }[] }[] }

test('three processes in a line: what A publishes, C finds and installs; when A is dead, a late fourth node still does', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  const source = await writeTree(home('source'), FILES)
  const original = await hashTree(source)

  await using a = await startNode({ home: home('a') })
  await using b = await startNode({ home: home('b'), bootstrap: a.addresses })
  await using c = await startNode({ home: home('c'), bootstrap: b.addresses })
  const met = ({ peerId }: RunningNode): boolean => b.events.some((event) => event['type'] === 'peer-connected' && event['peer'] === peerId)
  await until('B connected to A and C', () => met(a) && met(c))

  const published = await ggen(a.home, 'publish', '--no-passphrase', source, '--json')
  assert.equal(published.code, 0, published.stderr)
  const receipt = published.json<{ name: string; version: string; identity: string; digest: string; sizeBytes: number; op: string; holders: number }>()
  assert.equal(receipt.name, 'io.ggen.rust.cli')
  assert.equal(receipt.version, '1.2.0')
  assert.match(published.stderr, /recovery/i, 'the first publish shows the recovery words')

  const found = await until('C finds it by a word of its description', async () => {
    const answer = (await ggen(c.home, 'search', 'luminous', '--json')).json<Search>()
    return answer.total > 0 && answer
  })
  assert.deepEqual(found.results.map(({ name, version, identity }) => ({ name, version, identity })), [
    { name: 'io.ggen.rust.cli', version: '1.2.0', identity: receipt.identity },
  ])

  const installed = await ggen(c.home, 'install', 'io.ggen.rust.cli@^1', '--dir', home('project-c'), '--json')
  assert.equal(installed.code, 0, installed.stderr + installed.stdout)
  const [package_] = installed.json<Installed>().installed
  assert.equal(package_?.digest, receipt.digest)
  assert.equal(package_?.sources.reduce((sum, { bytes }) => sum + bytes, 0), receipt.sizeBytes)
  assert.deepEqual(await hashTree(package_?.path ?? ''), original)

  await a.kill()
  await using d = await startNode({ home: home('d'), bootstrap: b.addresses })
  await until('D finds it', async () => (await ggen(d.home, 'search', 'luminous', '--json')).json<Search>().total > 0)
  const late = await until('D installs it from whoever is left', async () => {
    const attempt = await ggen(d.home, 'install', 'io.ggen.rust.cli', '--dir', home('project-d'), '--json')
    return attempt.code === 0 && attempt
  }, 60_000)
  const [lateOne] = late.json<Installed>().installed
  assert.deepEqual(await hashTree(lateOne?.path ?? ''), original)
  assert.ok(lateOne?.sources.every(({ peer }) => peer !== a.peerId), 'the dead node gave nothing')

  for (const node of [b, c, d]) assert.equal(await node.interrupt(), 0, 'Ctrl-C ends a node cleanly')
})

test('two processes with mDNS alone find each other and exchange a package', async () => {
  await using work = await temporaryFolder()
  const home = (name: string): string => join(work.path, name)
  const source = await writeTree(home('source'), smallPackage('lan-pack', '0.1.0', 'shared on one desk'))
  const more = ['--network', `t${process.pid}${Date.now() % 100_000}`]
  await using a = await startNode({ home: home('a'), more })
  await using b = await startNode({ home: home('b'), more })
  await until('A and B meet', () => a.events.some((event) => event['type'] === 'peer-connected' && event['peer'] === b.peerId))
  assert.equal((await ggen(a.home, 'p2p', 'publish', '--no-passphrase', source, '--json')).code, 0)
  await until('B finds it', async () => (await ggen(b.home, 'p2p', 'search', 'desk', '--json')).json<Search>().total > 0)
  const installed = await ggen(b.home, 'install', 'lan-pack', '--dir', home('project'), '--json')
  assert.equal(installed.code, 0, installed.stdout + installed.stderr)
  assert.deepEqual(await hashTree(installed.json<Installed>().installed[0]?.path ?? ''), await hashTree(source))
})
