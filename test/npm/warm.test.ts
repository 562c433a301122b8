import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ggen, startNode, temporaryFolder } from '#testing'
import { makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

interface Warmed {
  readonly archives: number
  readonly from: readonly { readonly from: string; readonly archives: number }[]
  readonly missing: readonly { readonly name: string; readonly version: string }[]
}

const LOCKS = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn1: 'yarn.lock', yarn4: 'yarn.lock', bun: 'bun.lock' } as const

describe('ggen npm warm', () => {
  it('brings what the lock file of each client needs, so that it installs while the registry is down', async (context) => {
    await using work = await temporaryFolder()
    const project = makeProject(6, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    for (const client of ['npm', 'pnpm', 'yarn1', 'yarn4', 'bun'] as const) {
      await context.test(client, { skip: whyMissing(client) }, async () => {
        const [folder, home] = [join(work.path, client), join(work.path, `node-${client}`)]
        await mkdir(folder)
        await mkdir(home, { mode: 0o700 })
        await writeFile(join(folder, 'package.json'), JSON.stringify(project.manifest))
        const seat = await takeSeat({ client, home: join(work.path, `seat-${client}`), registry: upstream.url })
        const locked = await runClient(seat, ['install'], { cwd: folder })
        assert.equal(locked.code, 0, locked.stdout + locked.stderr)

        await writeFile(join(home, 'npmrc'), `registry=${upstream.url}\n`)
        await using node = await startNode({ home, env: { npm_config_userconfig: join(home, 'npmrc') } })
        const warm = async () => await ggen(node.home, 'npm', 'warm', join(folder, LOCKS[client]), '--json')
        const { archives, from, missing } = (await warm()).json<Warmed>()
        assert.deepEqual([from, missing], [[{ ...from[0], from: 'upstream', archives }], []])
        await upstream.goOff()
        assert.deepEqual((await warm()).json<Warmed>().from.map((one) => [one.from, one.archives]), [['disk', archives]])
        if (client === 'npm') {
          const { url } = (await ggen(node.home, 'npm', '--json')).json<{ readonly url: string }>()
          const fresh = await takeSeat({ client, home: join(work.path, 'fresh'), registry: url, env: { npm_config_replace_registry_host: 'always' } })
          await rm(join(folder, 'node_modules'), { recursive: true })
          const { code, stderr } = await runClient(fresh, ['ci'], { cwd: folder })
          assert.equal(code, 0, stderr)
          assert.ok(existsSync(join(folder, 'node_modules')))
        }
        await upstream.goOn()
      })
    }
  })

  it('names every archive that nobody gives, and fails', async () => {
    await using work = await temporaryFolder()
    await using upstream = await StubUpstream.start({ packages: [] })
    await writeFile(join(work.path, 'npmrc'), `registry=${upstream.url}\n`)
    const home = join(work.path, 'home')
    await mkdir(home, { mode: 0o700 })
    await using node = await startNode({ home, env: { npm_config_userconfig: join(work.path, 'npmrc') } })
    const lock = join(work.path, 'package-lock.json')
    const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/@b/c': { version: '2.0.0' } }
    await writeFile(lock, JSON.stringify({ lockfileVersion: 3, packages }))
    const { code, stdout, stderr } = await ggen(node.home, 'npm', 'warm', lock)
    assert.equal(code, 4)
    assert.match(stdout, /missing @b\/c@2\.0\.0: [^\n]+\nmissing a@1\.0\.0: /)
    assert.match(stderr, /2 of 2 archives are not here/)
  })
})
