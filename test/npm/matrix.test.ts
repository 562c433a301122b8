import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '#testing'
import { carryLock, told, tryEverything } from './matrix.ts'
import { openDoor } from './support/door.ts'
import { CLIENT_NAMES, makeProject, StubUpstream, whyMissing } from './support/mod.ts'

for (const client of CLIENT_NAMES) {
  test(`${client} does with the registry of the tests whatever it can do with any`, { skip: whyMissing(client) }, async (context) => {
    await using work = await temporaryFolder()
    const project = makeProject(12, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const target = { name: `@mine/by-${client}`, isRefused: false }
    const tookMs = await tryEverything({ client, registry: upstream.url, token: upstream.token, upstream, project, target, work: work.path })
    context.diagnostic(told(tookMs))
  })

  test(`${client} does through the door whatever it can do with the registry behind it, and is told why it can change nothing`, {
    skip: whyMissing(client),
  }, async (context) => {
    await using work = await temporaryFolder()
    const project = makeProject(12, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const { url, token } = await openDoor(context, upstream)
    const target = { name: 'made-up-0', isRefused: true }
    context.diagnostic(told(await tryEverything({ client, registry: url, token, upstream, project, target, work: work.path })))
  })
}

for (const client of ['npm', 'pnpm', 'yarn4'] as const) {
  test(`${client} installs what a lock file says from another registry than the one it was made with`, { skip: whyMissing(client) }, async () => {
    await using work = await temporaryFolder()
    const project = makeProject(12, { small: true })
    // The host that npm takes for whichever registry it was given.
    const options = client === 'npm' ? { tarballBase: `https://${['registry', 'npmjs', 'org'].join('.')}/` } : {}
    await using from = await StubUpstream.start({ packages: project.packages, ...options })
    await using to = await StubUpstream.start({ packages: project.packages, ...options })
    for (const [first, second, folder] of [[from, to, 'out'], [to, from, 'back']] as const) {
      first.forgetRequests()
      second.forgetRequests()
      const scene = { client, token: first.token, upstream: first, project, work: join(work.path, folder) }
      const [, run] = await carryLock(scene, first.url, second.url)
      assert.equal(run.code, 0, `${run.stdout}${run.stderr}`)
      assert.ok(first.asked(/\.tgz$/).length >= 12 && second.asked(/\.tgz$/).length >= 12, 'each gave the archives of its own install')
    }
  })
}
