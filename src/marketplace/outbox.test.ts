import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { Events, isPackageName, parsePackageName, parsePackageSpec, parseRegistryAddress, registryIdOf, type RegistryId, REGISTRY_LIMITS } from '#core'
import { memoryHub } from '#network'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { memoryBlobStore, memoryTrustStore } from '#store'
import { freePort, memoryRegistry, openMarketplace, RegistryServer, smallPackage, TestClock, type TestMarketplace, until } from '#testing'
import { globCovers, reopenOp } from '#trust'
import { Outbox } from './outbox.ts'
import type { Registries } from './registries.ts'

const { signal } = new AbortController()

type Change = Partial<Registries> & { readonly isPrivate?: boolean; readonly isSpare?: boolean }

interface Scene {
  readonly memory: ReturnType<typeof memoryRegistry>
  readonly clock: TestClock
  readonly id: RegistryId
  /** Starts the server, at the same address each time. */
  readonly serve: () => Promise<RegistryServer>
  /** Starts the author's node, each time with what it has kept. */
  readonly open: (change?: Change) => Promise<TestMarketplace>
  readonly registries: (change?: Change) => Promise<Registries>
}

const scene = async (context: TestContext): Promise<Scene> => {
  const stack = new AsyncDisposableStack()
  context.after(() => stack.disposeAsync())
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const memory = memoryRegistry(clock)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const id = registryIdOf(new URL(url))
  const [trust, blobs] = [memoryTrustStore(), memoryBlobStore()]
  const registries: Scene['registries'] = async ({ isPrivate = false, isSpare = false, ...change } = {}) => {
    const http = openHttpClient({ base: url, token: 'secret' })
    const central = stack.use(new Upstream({ id, name: 'central', http, clock, isPrivate, retries: 0 }))
    return {
      order: 'central-first', asksPeers: true, ...(isSpare ? { spare: central } : { central }), hasToken: true, isNetworkPrivate: false,
      isPrivateName: (name) => isPackageName(name) && globCovers('secret-*', name), ...change,
    }
  }
  return {
    memory, clock, id,
    serve: async () => stack.use(await RegistryServer.start({ ...memory, token: 'secret', port })),
    registries,
    open: async (change) => stack.use(await openMarketplace({ hub, clock, trust, blobs, registries: await registries(change) })),
  }
}

const pendingOf = async ({ marketplace }: TestMarketplace): Promise<number | undefined> => (await marketplace.status()).pendingDeliveries

const opsAt = async ({ memory }: Scene, name: string): Promise<number> => (await memory.registry.versions(parsePackageName(name), signal)).length

suite('What is published', () => {
  test('is stored with the registry, archive and all, before the commit resolves; and once more when it is said again', async (context) => {
    const here = await scene(context)
    await here.serve()
    const author = await here.open()
    const receipt = await author.publish(smallPackage('tool'), 'ada')
    assert.deepEqual(receipt.targets, [{ target: here.id, state: 'stored' }])
    assert.equal(await here.memory.blobs.size(receipt.digest), receipt.sizeBytes)
    assert.equal(await opsAt(here, 'tool'), 1)
    assert.equal(await pendingOf(author), 0)
    const again = await author.publish(smallPackage('tool'), 'ada')
    assert.deepEqual(again, receipt)
  })

  test('waits while the registry does not answer, in order and over a restart, and comes when it does', async (context) => {
    const here = await scene(context)
    {
      await using author = await here.open()
      const first = await author.publish(smallPackage('tool'), 'ada')
      const [target] = first.targets ?? []
      assert.deepEqual([target?.target, target?.state], [here.id, 'pending'])
      assert.equal(target?.error === undefined || target.error.code === 'registry-unreachable', true)
      await author.publish(smallPackage('tool', '1.1.0'), 'ada')
      assert.equal(await pendingOf(author), 2)
    }
    await here.serve()
    const author = await here.open()
    await until('all is handed over', async () => (await pendingOf(author)) === 0)
    assert.equal(await opsAt(here, 'tool'), 2)
  })

  test('is tried again after a while, by itself', async (context) => {
    const here = await scene(context)
    const author = await here.open()
    await author.publish(smallPackage('tool'), 'ada')
    await until('it has failed', () => author.events.some((event) => event.type === 'task-failed' && event.code === 'registry-unreachable'))
    await here.serve()
    assert.equal(await pendingOf(author), 1)
    await until('it is handed over', async () => {
      here.clock.advance(REGISTRY_LIMITS.deliverMaxMs)
      return (await pendingOf(author)) === 0
    })
    assert.equal(await opsAt(here, 'tool'), 1)
  })

  test('is handed over at once when it is published again', async (context) => {
    const here = await scene(context)
    const author = await here.open()
    await author.publish(smallPackage('tool'), 'ada')
    await until('it has failed', () => author.events.some((event) => event.type === 'task-failed'))
    await here.serve()
    assert.deepEqual((await author.publish(smallPackage('tool'), 'ada')).targets, [{ target: here.id, state: 'stored' }])
    assert.equal(await pendingOf(author), 0)
  })

  test('is refused without a token, with what to do, and brought with one together with what came before', async (context) => {
    const here = await scene(context)
    await here.serve()
    {
      await using author = await here.open({ hasToken: false })
      const { targets: [target] = [] } = await author.publish(smallPackage('tool'), 'ada')
      assert.deepEqual([target?.state, target?.error?.code], ['refused', 'token-missing'])
      assert.match(target?.error?.hint ?? '', /GGEN_REGISTRY_TOKEN/)
      assert.equal(await pendingOf(author), 0)
    }
    assert.equal(await opsAt(here, 'tool'), 0)
    const author = await here.open()
    await author.publish(smallPackage('tool'), 'ada')
    const { targets } = await author.publish(smallPackage('tool', '2.0.0'), 'ada')
    assert.deepEqual(targets, [{ target: here.id, state: 'stored' }])
    assert.equal(await opsAt(here, 'tool'), 2)
  })

  test('under a private name stays away from a registry that is not private', async (context) => {
    const here = await scene(context)
    await here.serve()
    {
      await using author = await here.open()
      const { targets: [target] = [] } = await author.publish(smallPackage('secret-tool'), 'ada')
      assert.deepEqual([target?.state, target?.error?.code], ['refused', 'denied'])
    }
    assert.deepEqual([here.memory.catalogue.counts().ops, (await here.memory.blobs.usage()).count], [0, 0])
    const author = await here.open({ isPrivate: true })
    assert.equal((await author.publish(smallPackage('secret-tool'), 'ada')).targets?.[0]?.state, 'stored')
    assert.deepEqual(await author.marketplace.info(parsePackageSpec('secret-tool'), signal).then(({ name }) => name), 'secret-tool')
  })

  test('and refused by the registry is told so, and does not keep from it what comes after', async (context) => {
    const here = await scene(context)
    const server = await here.serve()
    const author = await here.open()
    server.mischief = ({ method }, response) => {
      if (method !== 'PUT') return false
      server.mischief = undefined
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":{"code":"denied","message":"not yours","hint":"ask"}}')
      return true
    }
    const { targets: [target] = [] } = await author.publish(smallPackage('tool'), 'ada')
    assert.deepEqual([target?.state, target?.error?.code], ['refused', 'denied'])
    assert.equal(await pendingOf(author), 0)
    assert.equal((await author.publish(smallPackage('other'), 'ada')).targets?.[0]?.state, 'stored')
    assert.deepEqual([await opsAt(here, 'tool'), await opsAt(here, 'other')], [0, 1])
  })

  const nonsense = { 'no records': '<html>', 'records that are none': '{"records":["AAAA"]}', 'a refusal without our words': undefined }
  for (const [what, body] of Object.entries(nonsense)) {
    test(`waits while what answers in the place of the registry says ${what}`, async (context) => {
      const here = await scene(context)
      const server = await here.serve()
      const author = await here.open()
      server.mischief = (_, response) => {
        response.writeHead(body === undefined ? 403 : 200, { 'content-type': 'text/html' }).end(body ?? '<h1>Forbidden</h1>')
        return true
      }
      const { targets: [target] = [] } = await author.publish(smallPackage('tool'), 'ada')
      assert.deepEqual([target?.state, target?.error?.code], ['pending', 'registry-failed'])
      assert.equal(await pendingOf(author), 1)
      server.mischief = undefined
      assert.deepEqual((await author.publish(smallPackage('tool'), 'ada')).targets, [{ target: here.id, state: 'stored' }])
      assert.deepEqual([await pendingOf(author), await opsAt(here, 'tool')], [0, 1])
    })
  }

  test('and signed by somebody else while it is on its way is handed over once more', async (context) => {
    const here = await scene(context)
    const server = await here.serve()
    const author = await here.open({ hasToken: false })
    const { op: id } = await author.publish(smallPackage('tool'), 'ada')
    const op = reopenOp(author.catalogue.opBytes(id) ?? new Uint8Array())
    await using outbox = new Outbox({ ...author, registries: await here.registries(), clock: here.clock, events: new Events(), bring: async () => undefined })
    const posts = (): number => server.asked.filter((asked) => asked.startsWith('POST')).length
    server.mischief = ({ method }) => {
      if (method === 'POST' && posts() === 1) outbox.put(op)
      return false
    }
    assert.deepEqual(await outbox.put(op)(), [{ target: here.id, state: 'stored' }])
    assert.deepEqual([posts(), outbox.pending], [2, 0])
  })

  test('for peers alone stays away from the registry, which gets it with what comes after it', async (context) => {
    const here = await scene(context)
    await here.serve()
    const author = await here.open()
    const receipt = await author.publish(smallPackage('tool'), 'ada', { tells: 'p2p' })
    assert.deepEqual(['targets' in receipt, await pendingOf(author), here.memory.catalogue.counts().ops], [false, 0, 0])
    const later = await author.publish(smallPackage('tool', '1.1.0'), 'ada')
    assert.deepEqual([later.targets?.[0]?.state, await opsAt(here, 'tool')], ['stored', 2])
  })

  test('for the registry alone is announced to no peer, and waits for nobody who does not answer', async (context) => {
    const here = await scene(context)
    const author = await here.open()
    const announced = (): number => author.events.filter(({ type }) => type === 'release-announced').length
    const receipt = await author.publish(smallPackage('tool'), 'ada', { tells: 'central' })
    assert.deepEqual([receipt.targets?.[0]?.state, receipt.targets?.[0]?.error?.code], ['pending', 'registry-unreachable'])
    await here.serve()
    const again = async (): Promise<unknown> => (await author.publish(smallPackage('tool'), 'ada', { tells: 'central' })).targets?.[0]?.state
    await until('it is stored', async () => (await again()) === 'stored')
    assert.equal(announced(), 0)
    await author.publish(smallPackage('other'), 'ada')
    assert.equal(announced(), 1)
  })

  test('for a registry that is not configured goes there once, and is refused where that does not answer', async (context) => {
    const here = await scene(context)
    const author = await here.open({ isSpare: true })
    const first = await author.publish(smallPackage('tool'), 'ada', { tells: 'central' })
    assert.deepEqual([first.targets?.[0]?.state, first.targets?.[0]?.error?.code], ['refused', 'registry-unreachable'])
    assert.equal(await pendingOf(author), undefined)
    await here.serve()
    const again = await author.publish(smallPackage('tool'), 'ada', { tells: { url: here.id } })
    assert.deepEqual([again.targets, await opsAt(here, 'tool')], [[{ target: here.id, state: 'stored' }], 1])
    await assert.rejects(author.publish(smallPackage('other'), 'ada', { tells: { url: parseRegistryAddress('http://127.0.0.1:1') } }), { code: 'usage' })
    assert.equal(author.catalogue.counts().packages, 1, 'nothing was signed')
  })

  test('is nobody else\'s where no registry is configured', async (context) => {
    const here = await scene(context)
    const author = await here.open()
    await using alone = await openMarketplace({ hub: memoryHub({ clock: here.clock }), clock: here.clock })
    assert.equal('targets' in (await alone.publish(smallPackage('tool'))), false)
    assert.deepEqual([await pendingOf(alone), await pendingOf(author)], [undefined, 0])
  })
})
