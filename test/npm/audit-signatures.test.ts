import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, writeTree } from '#testing'
import { openDoor } from './support/door.ts'
import { makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'
import { NO_SIGSTORE } from './support/no-sigstore.ts'

for (const client of ['npm', 'pnpm'] as const) {
  test(`${client} audit signatures verifies through the door what the registry signed, and fails where one signature is another`, {
    skip: whyMissing(client),
  }, async (context) => {
    await using work = await temporaryFolder()
    const project = makeProject(12, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const cwd = await writeTree(join(work.path, 'project'), { 'package.json': JSON.stringify(project.manifest) })
    const env = client === 'npm' ? { ...NO_SIGSTORE, npm_config_replace_registry_host: 'always' } : {}
    const audit = async (registry: string) => {
      const seat = await takeSeat({ client, home: join(work.path, `home-${new URL(registry).port}`), registry, env })
      const run = await runClient(seat, ['audit', 'signatures'], { cwd })
      return { code: run.code, said: `${run.stdout}${run.stderr}` }
    }
    const door = await openDoor(context, upstream)
    const installed = await runClient(await takeSeat({ client, home: join(work.path, 'home'), registry: door.url, env }), ['install'], { cwd })
    assert.equal(installed.code, 0, installed.stderr)
    const good = await audit(door.url)
    assert.equal(good.code, 0, good.said)
    assert.match(good.said, /1[23] packages have verified registry signatures/)

    const [, second = assert.fail()] = project.packages
    upstream.shelf.key.signWrongly(second.name)
    upstream.shelf.changed(second)
    const bare = await audit(upstream.url)
    assert.notEqual(bare.code, 0, 'without a door')
    const later = await audit((await openDoor(context, upstream)).url)
    assert.notEqual(later.code, 0, later.said)
    assert.ok(later.said.includes(second.name), later.said)
  })
}
