import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, type RunningNode, startNode, temporaryFolder, until } from '#testing'
import { makePackage, packManifest, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const startIn = async (home: string, upstream: StubUpstream, bootstrap: readonly string[] = []): Promise<RunningNode> => {
  await mkdir(home, { mode: 0o700 })
  const npmrc = join(home, 'npmrc')
  await writeFile(npmrc, `registry=${upstream.url}\n`)
  return await startNode({ home, bootstrap, env: { npm_config_userconfig: npmrc } })
}

const doorOf = async ({ home }: RunningNode): Promise<string> => (await ggen(home, 'npm', '--json')).json<{ readonly url: string }>().url

test('Without a lock file, a node installs what another one holds while the registry is off, and believes archives alone', {
  skip: whyMissing('npm') ?? false,
}, async () => {
  await using work = await temporaryFolder()
  const tool = makePackage({ name: 'tool', manifest: { dependencies: { part: '^1.0.0' }, bin: 'cli.js' } })
  await using upstream = await StubUpstream.start({ packages: [tool, makePackage({ name: 'part' }), makePackage({ name: 'other' })] })
  const { bytes } = await packManifest({ name: 'tool', version: '2.0.0' }, 2000)
  upstream.shelf.publish('tool', {
    versions: { '2.0.0': { name: 'tool', version: '2.0.0' } }, _attachments: { 'tool-2.0.0.tgz': { data: Buffer.from(bytes).toString('base64') } },
  })
  await using a = await startIn(join(work.path, 'a'), upstream)
  await using b = await startIn(join(work.path, 'b'), upstream, a.addresses)
  await until('A and B see each other', () => a.events.some(({ type, peer }) => type === 'peer-connected' && peer === b.peerId))
  const install = async (node: RunningNode, folder: string, name: string): Promise<void> => {
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0' }))
    const seat = await takeSeat({
      client: 'npm', home: `${folder}-seat`, registry: await doorOf(node), env: { npm_config_replace_registry_host: 'always' },
    })
    const { code, stdout, stderr } = await runClient(seat, ['install', name], { cwd: folder })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
  }
  await install(a, join(work.path, 'of-a'), 'tool@1.0.0')
  await install(b, join(work.path, 'before'), 'other')
  await upstream.goOff()
  const folder = join(work.path, 'of-b')
  await install(b, folder, 'tool')
  const { version, dependencies } = JSON.parse(await readFile(join(folder, 'node_modules/tool/package.json'), 'utf8')) as Record<string, unknown>
  assert.deepEqual([version, dependencies], ['1.0.0', { part: '^1.0.0' }])
  assert.ok(existsSync(join(folder, 'node_modules/part/index.js')) && existsSync(join(folder, 'node_modules/.bin/tool')))

  const answer = await fetch(`${await doorOf(b)}tool`)
  const document = (await answer.json()) as { readonly versions: object }
  assert.deepEqual([answer.status, Object.keys(document.versions)], [200, ['1.0.0']], 'what nobody holds is not offered')
  assert.match(answer.headers.get('warning') ?? '', /made \d+ s ago from 1 archives of 1 peers/)
  assert.equal((await fetch(`${await doorOf(b)}nothing`)).ok, false)

  await upstream.goOn()
  await until('the registry is asked again', async () => {
    const whole = (await (await fetch(`${await doorOf(b)}tool`, { headers: { 'cache-control': 'no-cache' } })).json()) as { readonly versions: object }
    return Object.keys(whole.versions).length === 2
  })
})
