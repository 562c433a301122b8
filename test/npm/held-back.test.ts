import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseDenyRule } from '#npm'
import { temporaryFolder } from '#testing'
import { openDoor } from './support/door.ts'
import { makePackage, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const DAY = 24 * 60 * 60 * 1000

/** A registry whose `tool` has old versions, and one of an hour ago. */
const upstreamWithNews = async (): Promise<StubUpstream> => {
  const upstream = await StubUpstream.start({ packages: [makePackage({ name: 'tool', versionCount: 2 })], now: () => Date.now() - DAY / 24 })
  const archive = await upstream.shelf.packages.get('tool')?.versions.get('1.0.0')?.archive()
  const data = Buffer.from(archive?.bytes ?? []).toString('base64')
  upstream.shelf.publish('tool', {
    versions: { '1.1.0': { name: 'tool', version: '1.1.0' } }, 'dist-tags': { latest: '1.1.0' }, _attachments: { 'tool-1.1.0.tgz': { data } },
  })
  return upstream
}

const latestOf = async (url: string): Promise<string | undefined> =>
  ((await (await fetch(url)).json()) as { readonly 'dist-tags'?: { readonly latest?: string } })['dist-tags']?.latest

describe('Versions that are too young', () => {
  it('are not offered, and are given to whoever has them in a lock file or names them', { skip: whyMissing('npm') ?? false }, async (context) => {
    await using upstream = await upstreamWithNews()
    const door = await openDoor(context, upstream, { policy: { minAgeMs: DAY } })
    const open = await openDoor(context, upstream)
    assert.deepEqual([await latestOf(`${door.url}tool`), await latestOf(`${open.url}tool`)], ['1.0.1', '1.1.0'])
    assert.equal((await fetch(`${door.url}tool/1.1.0`)).status, 200)
    assert.equal(((await (await fetch(`${door.url}tool/latest`)).json()) as { readonly version: string }).version, '1.0.1')
    assert.equal((await fetch(`${door.url}tool/-/tool-1.1.0.tgz`)).status, 200)

    await using work = await temporaryFolder()
    const folder = join(work.path, 'project')
    await mkdir(folder)
    const installed = async (registry: string, home: string, ...args: readonly string[]): Promise<unknown> => {
      const seat = await takeSeat({ client: 'npm', home: join(work.path, home), registry, env: { npm_config_replace_registry_host: 'always' } })
      const { code, stdout, stderr } = await runClient(seat, args, { cwd: folder })
      assert.equal(code, 0, `${stdout}\n${stderr}`)
      const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> }
      return packages['node_modules/tool']?.version
    }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'project', version: '1.0.0' }))
    assert.equal(await installed(door.url, 'one', 'install', 'tool'), '1.0.1')
    assert.equal(await installed(open.url, 'two', 'install', 'tool@latest'), '1.1.0')
    assert.equal(await installed(door.url, 'three', 'ci'), '1.1.0')
  })
})

describe('What the operator denies', () => {
  it('is offered to nobody and refused to whoever has it in a lock file, with the reason', async (context) => {
    await using upstream = await upstreamWithNews()
    const door = await openDoor(context, upstream, { policy: { denied: ['tool@1.1.0', 'gone'].map(parseDenyRule) } })
    assert.equal(await latestOf(`${door.url}tool`), '1.0.1')
    for (const path of ['tool/-/tool-1.1.0.tgz', 'gone', 'gone/1.0.0', 'gone/-/gone-1.0.0.tgz']) {
      const answer = await fetch(`${door.url}${path}`)
      assert.equal(answer.status, 403, path)
      assert.match(await answer.text(), /npm\.deny has/, path)
    }
    assert.equal((await fetch(`${door.url}tool/1.1.0`)).status, 404)
    assert.equal((await fetch(`${door.url}tool/-/tool-1.0.1.tgz`)).status, 200)
    assert.deepEqual(upstream.asked(/gone|1\.1\.0/), [])
    const refused = door.depot.servedSince(0).filter(({ from }) => from === 'nowhere')
    assert.deepEqual(refused.map(({ name, version }) => `${name}@${version}`), ['tool@1.1.0', 'gone@1.0.0'])
  })
})
