import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, startNode, temporaryFolder, until, writeTree } from '#testing'
import { makePackage, StubUpstream } from '../npm/support/mod.ts'

/** Row 18 of the threat table: a publisher on the network claims names that belong to npm registries, with higher versions. */
const NAMES = ['lodash', '@acme/secret'] as const
const ROUNDS = 10

interface Document {
  readonly 'dist-tags': { readonly latest: string }
  readonly versions: Readonly<Record<string, { readonly version: string; readonly description: string; readonly dist: { readonly integrity: string } }>>
}

interface Report {
  readonly served: readonly { readonly name: string; readonly from: string; readonly trouble?: string }[]
}

test('A publisher claims lodash@99 and a private name: the door serves what their registries have, and says so', async (context) => {
  await using work = await temporaryFolder()
  await using open = await StubUpstream.start({ packages: [makePackage({ name: 'lodash', versionCount: 3 })] })
  await using closed = await StubUpstream.start({ packages: [makePackage({ name: '@acme/secret', versionCount: 3 })], privateScopes: ['@acme'] })
  const [thief, user] = ['thief', 'user'].map((name) => join(work.path, name)) as [string, string]
  for (const home of [thief, user]) await mkdir(home, { mode: 0o700 })
  const npmrc = join(user, 'npmrc')
  await writeFile(npmrc, [
    `registry=${open.url}`, `@acme:registry=${closed.url}`, `//${new URL(closed.url).host}/:_authToken=${closed.token}`, '',
  ].join('\n'), { mode: 0o600 })

  await using attacker = await startNode({ home: thief })
  const env = { npm_config_userconfig: npmrc, GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }
  await using node = await startNode({ home: user, bootstrap: attacker.addresses, env })
  for (const name of NAMES) {
    const folder = await writeTree(join(work.path, `evil-${name.replace('/', '-')}`), {
      'package.json': JSON.stringify({ name, version: '99.0.0', description: 'EVIL', scripts: { postinstall: 'node evil.js' } }), 'evil.js': 'EVIL',
    })
    const { code, stderr } = await ggen(thief, 'publish', '--no-passphrase', folder)
    assert.equal(code, 0, stderr)
  }
  await until('the user hears of both', async () => {
    const known = await Promise.all(NAMES.map((name) => ggen(user, 'info', name)))
    return known.every(({ code, stdout }) => code === 0 && stdout.includes('99.0.0'))
  })

  const door = (await ggen(user, 'npm', '--json')).json<{ readonly url: string }>().url
  const ask = async (path: string, accept = 'application/json'): Promise<Response> =>
    await fetch(`${door}${path}`, { headers: { accept, 'cache-control': 'no-cache', 'user-agent': 'npm/12.0.0 node/v24.0.0' } })
  const right = (document: Document): boolean => Object.keys(document.versions).join(' ') === '1.0.0 1.0.1 1.0.2' && document['dist-tags'].latest === '1.0.2'
  let served = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of NAMES) {
      const path = name.replace('/', '%2f')
      const full = (await (await ask(path)).json()) as Document
      const short = (await (await ask(path, 'application/vnd.npm.install-v1+json')).json()) as Document
      const manifest = (await (await ask(`${path}/latest`)).json()) as Document['versions'][string]
      const archive = await ask(`${name}/-/${name.split('/').at(-1)}-1.0.2.tgz`)
      const integrity = `sha512-${createHash('sha512').update(Buffer.from(await archive.arrayBuffer())).digest('base64')}`
      const evil = await ask(`${name}/-/${name.split('/').at(-1)}-99.0.0.tgz`)
      const all = [
        right(full), right(short), manifest.version === '1.0.2' && manifest.description !== 'EVIL', integrity === full.versions['1.0.2']?.dist.integrity,
        evil.status === 404 && !(await evil.text()).includes('EVIL'),
      ]
      served += all.filter(Boolean).length
    }
  }
  const asked = ROUNDS * NAMES.length * 5
  assert.equal(served, asked)
  assert.deepEqual(open.requests.filter(({ url, headers }) => /acme|secret/.test(url) || headers.authorization !== undefined), [])
  assert.deepEqual(closed.requests.filter(({ url }) => url.includes('lodash')), [])
  assert.ok(closed.asked(/secret/).length > 0)

  const { served: rows } = (await ggen(user, 'npm', 'report', '--json')).json<Report>()
  for (const name of NAMES) {
    assert.equal(rows.filter((row) => row.name === name && /published under it to the network is ignored/.test(row.trouble ?? '')).length, 1, name)
    await until(`the claim on ${name} is told`, () => node.events.some((event) => event['type'] === 'npm-refused' && event['what'] === name))
  }
  const figure = `${served} of ${asked} answers are what the registry has, ${NAMES.length} of ${NAMES.length} claims told`
  context.diagnostic(`${figure}, 0 questions for a private name elsewhere`)
})
