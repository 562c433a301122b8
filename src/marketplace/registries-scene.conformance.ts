import type { TestContext } from 'node:test'
import { parsePackageSpec, registryIdOf } from '#core'
import { memoryHub } from '#network'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { type MemoryRegistry, memoryRegistry, openMarketplace, realClock, RegistryServer, TestClock, type TestMarketplace } from '#testing'
import type { Registries } from './registries.ts'

export const going = (): AbortSignal => new AbortController().signal
export const fetching = (name: string) => ({ spec: parsePackageSpec(name) })

export interface Scene {
  readonly server: RegistryServer
  readonly memory: MemoryRegistry
  readonly clock: TestClock
  /** Has published the package `tool` and gives it to peers. */
  readonly author: TestMarketplace
  /** Asks the server and, once they are linked, the author. */
  readonly user: TestMarketplace
  link(): void
  /** Puts what the author has onto the server. */
  upload(): Promise<void>
}

type Change = Partial<Registries> & { readonly light?: boolean; readonly centralIsPrivate?: boolean }

export const open = async (context: TestContext, change: Change = {}): Promise<Scene> => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const memory = memoryRegistry(clock)
  const stack = new AsyncDisposableStack()
  context.after(() => stack.disposeAsync())
  const server = stack.use(await RegistryServer.start(memory))
  const { light = true, centralIsPrivate = false, ...registries } = change
  const central = stack.use(new Upstream({
    id: registryIdOf(new URL(server.url)), name: 'central', http: openHttpClient({ base: server.url }), clock: realClock, isPrivate: centralIsPrivate,
  }))
  const author = stack.use(await openMarketplace({ hub, clock }))
  const user = stack.use(await openMarketplace({
    hub, clock, light,
    registries: { order: 'central-first', asksPeers: true, central, isPrivateName: () => false, isNetworkPrivate: false, ...registries },
  }))
  const upload = async (): Promise<void> => {
    const { envelopes } = author.catalogue.arrivals(0, 1000)
    await memory.registry.publish({ envelopes, blobs: [], read: ({ digest }) => author.blobs.stream(digest) }, going())
    for (const { digest, blobs } of author.trust.keptPackages()) {
      for (const blob of [digest, ...blobs]) {
        const [sizeBytes, writer] = [await author.blobs.size(blob) ?? 0, await memory.blobs.create()]
        await writer.append(await author.blobs.read(blob, { offset: 0, length: sizeBytes }))
        await writer.seal(blob)
      }
    }
  }
  return { server, memory, clock, author, user, upload, link: () => hub.link(user.network.self, author.network.self) }
}
