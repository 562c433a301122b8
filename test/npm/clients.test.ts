import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, writeTree } from '#testing'
import { CLIENT_NAMES, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const PACKAGES = 12

for (const client of CLIENT_NAMES) {
  test(`${client} installs all of a project from a registry that only its environment names`, { skip: whyMissing(client) }, async () => {
    await using work = await temporaryFolder()
    const project = makeProject(PACKAGES, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const seat = await takeSeat({ client, home: join(work.path, 'home'), registry: upstream.url, token: upstream.token })
    const cwd = await writeTree(join(work.path, 'project'), { 'package.json': JSON.stringify(project.manifest) })
    const run = await runClient(seat, ['install'], { cwd })
    assert.equal(run.code, 0, `${run.stdout}${run.stderr}`)
    // Whatever the project needs itself; what those need is inside, in the way of each client.
    const direct = Object.keys(project.manifest['dependencies'] as object)
    assert.deepEqual(direct.filter((name) => !existsSync(join(cwd, 'node_modules', name, 'index.js'))), [])
    assert.ok(existsSync(join(cwd, 'node_modules', '.bin', project.command)), 'the command of a package is there')
    const archives = new Set(upstream.asked(/\.tgz$/, 'GET').map(({ path }) => path))
    const missing = project.installed.filter((name) => ![...archives].some((path) => path.startsWith(`/${name}/-/`)))
    assert.deepEqual(missing, [])
    // yarn 1 alone looks at the package for another system only when it has its archive.
    assert.equal(archives.size, PACKAGES + (client === 'yarn1' ? 1 : 0), [...archives].join(' '))
    assert.deepEqual(upstream.requests.filter(({ status }) => status >= 500), [])
  })
}

test('a registry that goes and comes back has the same address, and a fault hits as often as it was told', async () => {
  await using upstream = await StubUpstream.start({ packages: makeProject(PACKAGES, { small: true }).packages, privateScopes: ['@made-up'] })
  const { url } = upstream
  await upstream.goOff()
  await assert.rejects(fetch(`${url}made-up-0`))
  await upstream.goOn()
  upstream.faults.add({ path: /made-up-0$/, times: 1, kind: { status: 503 } })
  assert.equal((await fetch(`${url}made-up-0`)).status, 503)
  const answer = await fetch(`${url}made-up-0`)
  assert.equal(answer.status, 200)
  const again = await fetch(`${url}made-up-0`, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
  assert.equal(again.status, 304)
  assert.equal((await fetch(`${url}@made-up%2fpart-1`)).status, 401)
  assert.equal((await fetch(`${url}@made-up%2fpart-1`, { headers: { authorization: `Bearer ${upstream.token}` } })).status, 200)
})
