import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '#testing'
import { type Door, openDoor } from './support/door.ts'
import { CLIENT_NAMES, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const LOCKED = ['install', '--frozen-lockfile']
const FROZEN = { npm: ['ci'], pnpm: LOCKED, yarn1: LOCKED, yarn4: ['install', '--immutable'], bun: LOCKED }
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
