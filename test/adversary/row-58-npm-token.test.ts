import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlClient } from '#doors/control'
import { freePort, ggen, startNode, temporaryFolder, writeTree } from '#testing'
import { makePackage, packManifest, StubUpstream } from '../npm/support/mod.ts'
import { doorOf, nodeBefore } from '../npm/support/node-before.ts'

const never = new AbortController().signal

/** Everything by which clients change a registry. */
const CHANGES = [
  ['PUT', 'tool'], ['PUT', '@mine%2ftool'], ['PUT', 'tool/-rev/1'], ['DELETE', 'tool/-rev/1'], ['DELETE', 'tool/-/tool-1.0.0.tgz/-rev/1'],
  ['PUT', '-/package/tool/dist-tags/beta'], ['DELETE', '-/package/tool/dist-tags/latest'], ['POST', '-/package/tool/dist-tags'],
] as const

/** What would serve whoever wants to publish, or to rule the node. */
const CONTROL = [
  ['GET', '/v1/status'], ['POST', '/v1/stop'], ['POST', '/v1/prepare'], ['POST', '/v1/commit'], ['GET', '/v1/npm'], ['PUT', '/v1/limits'],
  ['POST', '/v1/trust'],
] as const

test('whoever has the npm token of a node, and no key of a publisher, changes no package and rules no node with it', async (t) => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [makePackage({ name: 'tool' })] })
  const [home, port] = [join(work.path, 'home'), await freePort()]
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'npmrc'), `registry=${upstream.url}\n//${new URL(upstream.url).host}/:_authToken=${upstream.token}\n`)
  const env = { npm_config_userconfig: join(home, 'npmrc') }
  await using node = await startNode({ home, env, more: ['--no-mdns', '--control-port', String(port)] })
  const token = (await readFile(join(home, 'npm.token'), 'utf8')).trim()
  const body = JSON.stringify({
    _id: 'tool', name: 'tool', 'dist-tags': { latest: '9.9.9' },
    versions: { '9.9.9': { name: 'tool', version: '9.9.9', dist: { tarball: 'http://127.0.0.1/tool-9.9.9.tgz' } } },
    _attachments: { 'tool-9.9.9.tgz': { content_type: 'application/octet-stream', data: '', length: 0 } },
  })
  const ask = async (method: string, path: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' }, ...(method !== 'GET' && { body }),
    })
    await answer.text()
    return answer.status
  }
  assert.equal(await ask('GET', '/npm/-/whoami'), 200, 'it is the token')
  for (const [method, path] of CHANGES) assert.equal(await ask(method, `/npm/${path}`), 403, `${method} ${path}`)
  for (const [method, path] of CONTROL) assert.equal(await ask(method, path), 401, `${method} ${path}`)
  // The node itself has credentials there with which it could.
  assert.deepEqual(upstream.requests.filter(({ method }) => method !== 'GET'), [])
  const { peerId, catalogue } = await controlClient(join(home, 'ggen.sock')).status(never)
  assert.deepEqual([peerId, catalogue.ops], [node.peerId, 0])
  const refused = `${CHANGES.length} changes and ${CONTROL.length} questions of the control API refused`
  t.diagnostic(`${refused}, 0 records, 0 changes upstream with the credentials of the node`)
})

test('what it uploads under a name of the network waits for the key of the publisher, and nobody can have it', async (t) => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start()
  const home = join(work.path, 'home')
  await mkdir(home, { mode: 0o700 })
  await writeFile(join(home, 'config.toml'), '[npm.route]\n"@acme/*" = "network"\n', { mode: 0o600 })
  await using node = await nodeBefore(home, upstream, { env: { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' } })
  // There is a publisher here, who has published something, and has unlocked no key.
  const source = await writeTree(join(work.path, 'own'), { 'package.json': '{"name":"@acme/own","version":"1.0.0"}' })
  const own = await ggen({ home, env: { GGEN_PASSPHRASE: 'correct horse battery staple' } }, 'publish', source, '--json')
  assert.equal(own.code, 0, own.stdout + own.stderr)
  const url = await doorOf(node)
  const token = (await readFile(join(home, 'npm.token'), 'utf8')).trim()
  const manifest = { name: '@acme/thing', version: '1.0.0' }
  const { bytes, integrity, shasum } = await packManifest(manifest, 500)
  const body = JSON.stringify({
    '_id': manifest.name, 'name': manifest.name, 'dist-tags': { latest: '1.0.0' },
    'versions': { '1.0.0': { ...manifest, dist: { integrity, shasum, tarball: `${url}@acme/thing/-/thing-1.0.0.tgz` } } },
    '_attachments': {
      '@acme/thing-1.0.0.tgz': { content_type: 'application/octet-stream', data: Buffer.from(bytes).toString('base64'), length: bytes.length },
    },
  })
  const headers = { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = async (method: string, path: string, sent?: string): Promise<number> => {
    const answer = await fetch(url + path, { method, headers, ...(sent !== undefined && { body: sent }) })
    await answer.text()
    return answer.status
  }
  const before = (await controlClient(join(home, 'ggen.sock')).status(never)).catalogue
  const uploaded = await ask('PUT', '@acme%2fthing', body)
  assert.ok(uploaded >= 200 && uploaded < 300, `${uploaded}`)
  const document = (await (await fetch(`${url}@acme%2fown`)).json()) as { readonly _rev: string; readonly versions: Readonly<Record<string, object>> }
  const deprecated = { ...document, versions: { '1.0.0': { ...document.versions['1.0.0'], deprecated: 'use mine' } } }
  const others = [
    ['PUT', '-/package/@acme%2fown/dist-tags/beta', '"1.0.0"'], ['DELETE', '-/package/@acme%2fown/dist-tags/latest', undefined],
    ['DELETE', `@acme%2fown/-rev/${document._rev}`, undefined], ['PUT', '@acme%2fown', JSON.stringify(deprecated)],
    ['DELETE', `@acme%2fown/-/own-1.0.0.tgz/-rev/${document._rev}`, undefined],
  ] as const
  for (const [method, path, sent] of others) {
    const status = await ask(method, path, sent)
    assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`)
  }
  for (const path of ['@acme%2fthing', '@acme/thing/-/thing-1.0.0.tgz', '@acme%2fthing/1.0.0']) assert.equal(await ask('GET', path), 404, path)
  assert.deepEqual(await (await fetch(`${url}@acme%2fown`)).json(), document, 'what is published is as it was')
  const { catalogue } = await controlClient(join(home, 'ggen.sock')).status(never)
  assert.deepEqual(catalogue, before, 'nothing was signed')
  const waiting = (await ggen(home, 'approve', '--json')).json<{ readonly uploads: readonly { readonly name: string }[] }>()
  assert.deepEqual(waiting.uploads.map(({ name }) => name), ['@acme/thing'])
  t.diagnostic(`1 upload waits for its publisher, ${others.length} other changes refused, 0 records signed, 0 bytes given to anybody`)
})
