import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, launcher, temporaryFolder, until, writeTree } from '#testing'
import { FROZEN, LOCK_FILES } from './matrix.ts'
import { CLIENT_NAMES, type ClientName, makePackage, runClient, type Seat, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'
import { doorOf, nodeBefore } from './support/node-before.ts'

const WITH_NODE = [process.execPath, launcher(), 'with']
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }
/** What is young waits with these clients, whoever has published it. */
const AT_ONCE = { YARN_NPM_MINIMAL_AGE_GATE: '0', pnpm_config_minimum_release_age: '0' }

test('what one node publishes under a scope of the network, every client installs through another one', async (context) => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [makePackage({ name: 'tool' })] })
  const homes = [join(work.path, 'a'), join(work.path, 'b')] as const
  for (const home of homes) {
    await mkdir(home, { mode: 0o700 })
    await writeFile(join(home, 'config.toml'), '[npm.route]\n"@acme/*" = "network"\n', { mode: 0o600 })
  }
  await using a = await nodeBefore(homes[0], upstream, { env: TRUSTING })
  await using b = await nodeBefore(homes[1], upstream, { bootstrap: a.addresses, env: TRUSTING })
  await until('they see each other', () => a.events.some(({ type, peer }) => type === 'peer-connected' && peer === b.peerId))
  const source = await writeTree(join(work.path, 'source'), {
    'package.json': JSON.stringify({ name: '@acme/thing', version: '1.0.0', description: 'of all', main: 'index.js', dependencies: { tool: '^1.0.0' } }),
    'index.js': 'module.exports = "thing"\n',
  })
  const published = await ggen(a.home, 'publish', '--no-passphrase', source, '--json')
  assert.equal(published.code, 0, published.stdout + published.stderr)
  const url = await doorOf(b)
  await until('B hears of it', async () => (await fetch(`${url}@acme%2fthing`)).ok)

  const install = async (client: ClientName): Promise<void> => {
    const cwd = await writeTree(join(work.path, `project-${client}`), {
      'package.json': JSON.stringify({ name: 'p', version: '1.0.0', private: true, dependencies: { '@acme/thing': '^1.0.0' } }),
    })
    const seatOf = (name: string): Promise<Seat> =>
      takeSeat({ client, home: join(work.path, `${name}-${client}`), registry: upstream.url, env: { ...AT_ONCE, GGEN_HOME: b.home } })
    for (const [name, args] of [['first', ['install']], ['second', FROZEN[client]]] as const) {
      const run = await runClient(await seatOf(name), args, { cwd, through: WITH_NODE })
      assert.equal(run.code, 0, `${client} ${args.join(' ')}: ${run.stdout}${run.stderr}`)
      assert.match(await readFile(join(cwd, 'node_modules', '@acme', 'thing', 'index.js'), 'utf8'), /thing/)
    }
    // What no registry has keeps the address of the node; what the registry has does not.
    const lock = await readFile(join(cwd, LOCK_FILES[client]), 'utf8')
    assert.ok(!lock.includes(`${url}tool/`), lock)
  }
  for (const client of CLIENT_NAMES.filter((one) => whyMissing(one) === false)) await context.test(client, () => install(client))
  assert.deepEqual(upstream.requests.filter(({ path }) => path.includes('acme')), [], 'the registry is never asked for names of the network')
})
