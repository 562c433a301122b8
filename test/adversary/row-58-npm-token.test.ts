import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlClient } from '#doors/control'
import { freePort, startNode, temporaryFolder } from '#testing'
import { makePackage, StubUpstream } from '../npm/support/mod.ts'

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
