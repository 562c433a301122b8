import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isGgenError, parsePackageSpec, registryIdOf } from '#core'
import { smallPackage } from '#testing'
import { fetching, going, open } from './registries-scene.conformance.ts'

suite('A request that says whom to ask', () => {
  test('hears of peers alone, and the server of nothing', async (context) => {
    const { author, user, upload, server, link } = await open(context)
    await author.publish(smallPackage('tool'))
    await upload()
    link()
    assert.equal((await user.marketplace.search({ words: ['tool'], registries: 'p2p' }, going())).total, 1)
    await user.marketplace.info(parsePackageSpec('tool'), going(), 'p2p')
    const { packages } = await user.marketplace.plan({ wanted: [{ spec: parsePackageSpec('tool') }], locked: [], registries: 'p2p' }, going())
    assert.equal(packages.length, 1)
    const { sources } = await user.marketplace.fetch({ ...fetching('tool'), registries: 'p2p' }, going())
    assert.deepEqual([sources.map(({ peer }) => peer), server.asked], [[author.network.self], []])
  })

  test('hears of the server alone, and no peer of anything', async (context) => {
    const { author, user, upload, server, link } = await open(context, { order: 'p2p-first' })
    await author.publish(smallPackage('tool'))
    await author.publish(smallPackage('also'))
    await upload()
    await author.publish(smallPackage('only-on-peers'))
    link()
    const central = { registries: 'central' } as const
    assert.equal((await user.marketplace.search({ words: ['tool'], ...central }, going())).total, 1)
    assert.equal((await user.marketplace.plan({ wanted: [{ spec: parsePackageSpec('also') }], locked: [], ...central }, going())).packages.length, 1)
    for (const name of ['tool', 'also']) {
      const { sources } = await user.marketplace.fetch({ ...fetching(name), ...central }, going())
      assert.deepEqual(sources.map(({ peer }) => peer), [server.url])
    }
    await assert.rejects(user.marketplace.info(parsePackageSpec('only-on-peers'), going(), 'central'), (error) => isGgenError(error, 'package-not-found'))
    assert.equal((await user.marketplace.info(parsePackageSpec('only-on-peers'), going())).name, 'only-on-peers')
  })

  test('hears why a server that was named could not be asked, and not that there is nothing', async (context) => {
    const { user, server } = await open(context)
    await server[Symbol.asyncDispose]()
    const searching = user.marketplace.search({ words: ['tool'], registries: 'central' }, going())
    await assert.rejects(searching, (error) => isGgenError(error, 'registry-unreachable') && Array.isArray(error.details['causes']))
  })

  test('tells a private name to no public server that it names', async (context) => {
    const { author, user, upload, server } = await open(context, { isPrivateName: (name) => name === 'tool' })
    await author.publish(smallPackage('tool'))
    await upload()
    for (const registries of ['central', { url: registryIdOf(new URL(server.url)) }] as const) {
      await assert.rejects(user.marketplace.fetch({ ...fetching('tool'), registries }, going()))
      assert.equal((await user.marketplace.search({ words: ['tool'], registries }, going())).total, 0)
    }
    assert.deepEqual(server.asked, [])
  })
})
