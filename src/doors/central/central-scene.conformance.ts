import assert from 'node:assert/strict'
import { fastify, type FastifyInstance } from 'fastify'
import { Events, type GgenEvent } from '#core'
import { codeError, Works } from '#doors/http'
import type { Shelf } from '#marketplace'
import { memoryHub } from '#network'
import { memoryRegistryRecords } from '#store'
import { type HandedOver, handedOver, openMarketplace, seeded, smallPackage, TestClock, type TestMarketplace } from '#testing'
import type { MemoryNode } from '#archive'
import { CatalogList } from './catalog-list.ts'
import { Guard } from './guard.ts'
import { memoryTokenFile } from './memory-token-file.ts'
import { Metrics } from './metrics.ts'
import { RegistryTokens } from './registry-tokens.ts'

export const never: AbortSignal = new AbortController().signal

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** What a publisher who published elsewhere hands over. */
export const publication = async (publisher = 'alice', files: Readonly<Record<string, MemoryNode>> = smallPackage('tool')): Promise<HandedOver> => {
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  return await handedOver(elsewhere, await elsewhere.publish(files, publisher))
}

/** Puts a publication on a shelf without any door. */
export const handIn = async (shelf: Shelf, { envelopes, digest, archive }: HandedOver): Promise<void> => {
  await shelf.store(digest, once(archive))
  await shelf.take(envelopes, { id: 'test', covers: () => true, replicas: 0 }, never)
}

/** A node in memory that promises, and all that routes are made of. */
export interface CentralScene extends AsyncDisposable {
  readonly node: TestMarketplace
  readonly shelf: Shelf
  readonly clock: TestClock
  readonly events: Events
  readonly seen: readonly GgenEvent[]
  readonly tokens: RegistryTokens
  readonly metrics: Metrics
  readonly guard: Guard
  readonly catalog: CatalogList
  readonly works: Works
  readonly run: <T>(reply: unknown, work: (signal: AbortSignal) => Promise<T>) => Promise<T>
  /** The text of a token for these names. */
  readonly token: (...names: string[]) => Promise<string>
}

export const openScene = async (publicUrl = 'http://registry.example'): Promise<CentralScene> => {
  const clock = new TestClock()
  const promises = memoryRegistryRecords()
  const node = await openMarketplace({ hub: memoryHub({ clock }), clock, promises })
  const shelf = await node.marketplace.openShelf(promises, never)
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock, random: seeded('tokens') })
  const metrics = new Metrics({ shelf, listed: () => 0 })
  const catalog = new CatalogList({ shelf, clock, events, publicUrl })
  return {
    node, shelf, clock, events, seen, tokens, metrics, catalog,
    guard: new Guard({ tokens, clock, metrics }),
    works: new Works(),
    run: (_reply, work) => work(never),
    token: async (...names) => (await tokens.create({ label: 'test', names, forMs: 60_000 })).token,
    [Symbol.asyncDispose]: async () => {
      await catalog[Symbol.asyncDispose]()
      await node[Symbol.asyncDispose]()
    },
  }
}

/** Listens with some routes only; errors are answered as the whole application answers them, shortly. */
export const listening = async (add: (app: FastifyInstance) => void): Promise<{ readonly url: string } & AsyncDisposable> => {
  const app = fastify({ exposeHeadRoutes: false })
  app.setErrorHandler((error, _request, reply) => {
    const coded = codeError(error)
    void reply.header('connection', 'close').status(coded.kind.httpStatus).send({ error: coded })
  })
  add(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, [Symbol.asyncDispose]: () => app.close() }
}

/** The code of an error answer. */
export const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error?: { code: string } }
  assert.ok(error !== undefined, 'an error answer')
  return error.code
}
