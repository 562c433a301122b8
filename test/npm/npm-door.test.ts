import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Events } from '#core'
import { Works } from '#doors/http'
import { npmDoor } from '#doors/npm'
import { systemClock } from '#node/system'
import { temporaryFolder } from '#testing'
import { type DepotScene, openDepotScene } from './support/depot-scene.ts'
import { CLIENT_NAMES, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const LOCKED = ['install', '--frozen-lockfile']
const FROZEN = { npm: ['ci'], pnpm: LOCKED, yarn1: LOCKED, yarn4: ['install', '--immutable'], bun: LOCKED }
const TOKEN = 'door-token-0123456789'

interface Door extends DepotScene {
  readonly url: string
}

const openDoor = async (context: TestContext, upstream: StubUpstream, npmrc?: string): Promise<Door> => {
  const scene = await openDepotScene(context, npmrc ?? `registry=${upstream.url}\n`)
  const works = new Works()
  const listener = npmDoor({ depot: scene.depot, clock: systemClock, events: new Events(), works, token: TOKEN, userName: 'alice' })
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { ...scene, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm/` }
}

describe('The npm door', () => {
  for (const client of CLIENT_NAMES) {
    it(`lets ${client} install, once more from the disk alone, and fetches each archive once`, { skip: whyMissing(client) ?? false }, async (context) => {
      const project = makeProject(12, { small: true })
      await using upstream = await StubUpstream.start({ packages: project.packages })
      const door = await openDoor(context, upstream)
      await using temporary = await temporaryFolder()
      const work = temporary.path
      const install = async (name: string, args: readonly string[]): Promise<void> => {
        const seat = await takeSeat({ client, home: join(work, `home-${name}`), registry: door.url, env: { npm_config_replace_registry_host: 'always' } })
        const folder = join(work, 'project')
        await mkdir(folder, { recursive: true })
        if (!existsSync(join(folder, 'package.json'))) await writeFile(join(folder, 'package.json'), JSON.stringify(project.manifest))
        const { code, stdout, stderr } = await runClient(seat, args, { cwd: folder })
        assert.equal(code, 0, `${stdout}\n${stderr}`)
        const direct = Object.keys(project.manifest['dependencies'] as object)
        assert.deepEqual(direct.filter((one) => !existsSync(join(folder, 'node_modules', one, 'index.js'))), [])
        await rm(join(folder, 'node_modules'), { recursive: true })
      }
      await install('first', ['install'])
      const fetched = upstream.asked(/\.tgz$/).map(({ path }) => path)
      assert.equal(new Set(fetched).size, fetched.length, 'no archive twice')
      await upstream.goOff()
      upstream.forgetRequests()
      await install('second', FROZEN[client])
      const { from } = summary(door)
      assert.deepEqual(Object.keys(from).toSorted(), ['disk', 'upstream'])
    })
  }
})

const summary = ({ depot }: Door): { readonly from: Record<string, number> } => {
  const from: Record<string, number> = {}
  for (const served of depot.servedSince(0)) from[served.from] = (from[served.from] ?? 0) + 1
  return { from }
}
