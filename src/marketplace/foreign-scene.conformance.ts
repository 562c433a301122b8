import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openForeignSource, openMirror } from '#foreign/source'
import { parsePackageSpec, parseRegistryAddress } from '#core'
import { memoryHub } from '#network'
import { ForeignRegistry, type KindMemory, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import {
  bringIndex, type FolderServer, type FOREIGN_SHAPES, type ForeignPack, openMarketplace, realClock, serveFolder, temporaryFolder, TestClock,
  type TestMarketplace,
} from '#testing'
import type { PlanRequest } from './install-plan.ts'
import type { Registries } from './registries.ts'

export const going = (): AbortSignal => new AbortController().signal

export const wants = (...specs: readonly string[]): PlanRequest => ({ wanted: specs.map((spec) => ({ spec: parsePackageSpec(spec) })), locked: [] })

export interface ForeignScene {
  readonly server: FolderServer
  /** The folder that the index is in. */
  readonly folder: string
  readonly clock: TestClock
  /** Publishes, and is linked to the user. */
  readonly author: TestMarketplace
  /** Has the index as its central registry. */
  readonly user: TestMarketplace
  /** As locks name the index. */
  readonly source: string
  readonly kinds: string[]
  bring(packs: readonly ForeignPack[], shape?: keyof typeof FOREIGN_SHAPES): Promise<void>
}

type Change = Partial<Registries> & { readonly packs?: readonly ForeignPack[]; readonly way?: 'http' | 'folder'; readonly isLinked?: boolean }

/** A node whose central registry is an index of somebody else: a real folder, read as it is or over real HTTP. */
export const openForeignScene = async (context: TestContext, change: Change = {}): Promise<ForeignScene> => {
  const { packs = [], way = 'http', isLinked = true, ...registries } = change
  const stack = new AsyncDisposableStack()
  context.after(() => stack.disposeAsync())
  const work = stack.use(await temporaryFolder())
  const folder = join(work.path, 'market')
  await bringIndex(folder, packs)
  const server = stack.use(await serveFolder(folder))
  const address = way === 'http' ? server.url : folder
  const source = openForeignSource(address, { workingFolder: '/', memory: join(work.path, 'memory') })
  const registry = new ForeignRegistry({
    source, openMirror: () => openMirror(join(work.path, 'mirror')), clock: realClock, isPrivate: way === 'folder', patientMs: 20_000, ttlMs: 0,
  })
  const kinds: string[] = []
  const memory: KindMemory = { read: async () => kinds.at(-1) as Awaited<ReturnType<KindMemory['read']>>, note: async (kind) => void kinds.push(kind) }
  const usual = { name: 'central', clock: realClock, isPrivate: false }
  const central = stack.use(way === 'http'
    ? new Upstream({ ...usual, id: parseRegistryAddress(server.url), http: openHttpClient({ base: server.url }), foreign: { registry, memory } })
    : new Upstream({ ...usual, id: parseRegistryAddress(`file://${folder}`), foreign: { registry } }))
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const author = stack.use(await openMarketplace({ hub, clock }))
  const user = stack.use(await openMarketplace({
    hub, clock, light: true,
    registries: { order: 'central-first', asksPeers: true, central, isPrivateName: () => false, isNetworkPrivate: false, ...registries },
  }))
  if (isLinked) hub.link(user.network.self, author.network.self)
  return { server, folder, clock, author, user, source: registry.name, kinds, bring: (brought, shape) => bringIndex(folder, brought, shape) }
}
