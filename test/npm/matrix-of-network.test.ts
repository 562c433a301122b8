import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, temporaryFolder } from '#testing'
import { told, tryEverything } from './matrix.ts'
import { CLIENT_NAMES, makeProject, StubUpstream, whyMissing } from './support/mod.ts'
import { doorOf, nodeBefore } from './support/node-before.ts'

const ENV = { GGEN_PASSPHRASE: 'correct horse battery staple', GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

test('every client publishes, tags, deprecates and takes back what belongs to the network, and does the rest as with any registry', async (context) => {
  await using work = await temporaryFolder()
  const project = makeProject(12, { small: true })
  await using upstream = await StubUpstream.start({ packages: project.packages })
  const home = join(work.path, 'node')
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'config.toml'), '[npm.route]\n"@acme/*" = "network"\n', { mode: 0o600 })
  await using node = await nodeBefore(home, upstream, { env: ENV })
  const author = { home, env: ENV }
  for (const words of [['id', 'create'], ['id', 'unlock']]) {
    const { code, stderr } = await ggen(author, ...words)
    assert.equal(code, 0, stderr)
  }
  const registry = await doorOf(node)
  const { token } = (await ggen(home, 'npm', 'token', '--json')).json<{ readonly token: string }>()
  try {
    for (const client of CLIENT_NAMES.filter((one) => whyMissing(one) === false)) {
      await context.test(client, async (trial) => {
        const target = { name: `@acme/by-${client}`, isRefused: false }
        const scene = { client, registry, token, userName: userInfo().username, upstream, project, target, work: join(work.path, client) }
        trial.diagnostic(told(await tryEverything(scene)))
        assert.deepEqual(upstream.requests.filter(({ path }) => path.includes('acme')), [], 'the registry never hears of it')
      })
    }
  } finally {
    await ggen(author, 'id', 'lock')
  }
})
