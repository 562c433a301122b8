import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { memoryHub } from '#network'
import { memoryRegistry, openMarketplace, RegistryServer, smallPackage, TestClock, type TestMarketplace } from '#testing'
import { HybridRegistry, isGgenError } from './mod.ts'

const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(60_000) })

const QUIET = { listenAddresses: ['/ip4/127.0.0.1/tcp/0'], mdns: false, trust: { firstUse: 'accept', domains: false, coolDownMs: 0 } } as const

/** A central registry over HTTP that holds what an author has published. */
const serverWith = async (context: TestContext, publish: (author: TestMarketplace) => Promise<unknown>): Promise<RegistryServer> => {
  const clock = new TestClock()
  await using author = await openMarketplace({ hub: memoryHub({ clock }), clock })
  await publish(author)
  const memory = memoryRegistry(clock)
  const { envelopes } = author.catalogue.arrivals(0, 1000)
  await memory.registry.publish({ envelopes, blobs: [], read: ({ digest }) => author.blobs.stream(digest) }, soon().signal)
  for (const { digest, blobs } of author.trust.keptPackages()) {
    for (const blob of [digest, ...blobs]) {
      const writer = await memory.blobs.create()
      for await (const chunk of author.blobs.stream(blob)) await writer.append(chunk)
      await writer.seal(blob)
    }
  }
  const server = await RegistryServer.start(memory)
  context.after(() => server[Symbol.asyncDispose]())
  return server
}

test('a package that only the central registry has is found, verified and fetched without any peer', async (context) => {
  const server = await serverWith(context, (author) => author.publish(smallPackage('tool', '1.0.0', 'cuts wood')))
  await using registry = await HybridRegistry.open({ ...QUIET, centralUrl: server.url })
  assert.deepEqual(registry.asks, [server.url, 'peers'])
  assert.deepEqual((await registry.search('wood', soon())).results.map(({ name }) => name), ['tool'])
  const { sources, ...fetched } = await registry.fetch('tool', soon())
  assert.deepEqual(sources.map(({ peer, carrier }) => [peer, carrier]), [[server.url, 'http']])
  assert.equal((await fetched.bytes()).length, fetched.sizeBytes)
})

test('a registry that is down stops nobody from using what is here', async (context) => {
  const server = await serverWith(context, async () => undefined)
  const { url } = server
  await server[Symbol.asyncDispose]()
  await using registry = await HybridRegistry.open({ ...QUIET, centralUrl: url })
  const { digest } = await registry.publish({ name: 'mine', version: '1.0.0', description: 'stays here' }, soon())
  assert.deepEqual((await registry.search('stays', soon())).results.map(({ name }) => name), ['mine'])
  assert.equal((await registry.fetch('mine', soon())).digest, digest)
})

test('the order is what was chosen, and nobody is asked who was not named', async () => {
  const asks = async (choice: Parameters<typeof HybridRegistry.open>[0]): Promise<readonly string[]> => {
    await using registry = await HybridRegistry.open(choice)
    return registry.asks
  }
  const centralUrl = 'https://registry.example'
  assert.deepEqual(await asks({ centralUrl, prefer: 'p2p-first' }), ['peers', centralUrl])
  assert.deepEqual(await asks({ centralUrl, mode: 'central' }), [centralUrl])
  assert.deepEqual(await asks({ centralUrl, mode: 'p2p' }), ['peers'])
  assert.deepEqual(await asks({}), ['peers'])
  await assert.rejects(HybridRegistry.open({ centralUrl: 'registry.example' }), (error) => isGgenError(error, 'config-invalid'))
})
