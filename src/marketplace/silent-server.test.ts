import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { parsePackageName, parsePackageSpec, registryIdOf } from '#core'
import { memoryHub } from '#network'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { openMarketplace, realClock, smallPackage, TestClock, type TestMarketplace, until } from '#testing'
import { fetching, going, open as openScene } from './registries-scene.conformance.ts'
import { PEERS_ALONE, type Registries } from './registries.ts'

/** What a server that says nothing may cost, in all. */
const ONCE_MS = 1000

/** Everything that a user asks of a package. */
const KINDS = {
  search: (user: TestMarketplace, name: string) => user.marketplace.search({ words: [name] }, going()),
  info: (user: TestMarketplace, name: string) => user.marketplace.info(parsePackageSpec(name), going()),
  plan: (user: TestMarketplace, name: string) => user.marketplace.plan({ wanted: [{ spec: { name: parsePackageName(name) } }], locked: [] }, going()),
  fetch: (user: TestMarketplace, name: string) => user.marketplace.fetch(fetching(name), going()),
} as const

type Kind = keyof typeof KINDS

/** A server that takes connections and never says a word. */
const startHole = async (context: TestContext): Promise<{ readonly url: string; readonly connections: () => number }> => {
  let connections = 0
  const hole = createServer((socket) => {
    connections += 1
    context.after(() => socket.destroy())
  })
  hole.listen(0, '127.0.0.1')
  await once(hole, 'listening')
  context.after(() => hole.close())
  return { url: `http://127.0.0.1:${(hole.address() as AddressInfo).port}`, connections: () => connections }
}

interface Scene {
  /** Asks the silent server as well as the peer that has everything. */
  readonly disturbed: TestMarketplace
  /** Asks that peer alone. */
  readonly undisturbed: TestMarketplace
  readonly central: Upstream
  readonly connections: () => number
}

interface Change {
  readonly order?: Registries['order']
  /** Of packages that the peer has. */
  readonly names?: readonly string[]
  /** There is no peer. */
  readonly isAlone?: boolean
}

const open = async (context: TestContext, { order = 'central-first', names = [], isAlone = false }: Change): Promise<Scene> => {
  const { url, connections } = await startHole(context)
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const stack = new AsyncDisposableStack()
  context.after(() => stack.disposeAsync())
  const id = registryIdOf(new URL(url))
  const central = stack.use(new Upstream({ id, name: 'central', http: openHttpClient({ base: url }), clock: realClock, isPrivate: false }))
  const author = stack.use(await openMarketplace({ hub, clock }))
  for (const name of names) await author.publish(smallPackage(name))
  const disturbed = stack.use(await openMarketplace({ hub, clock, light: true, registries: { ...PEERS_ALONE, order, central } }))
  const undisturbed = stack.use(await openMarketplace({ hub, clock, light: true }))
  if (!isAlone) for (const user of [disturbed, undisturbed]) hub.link(user.network.self, author.network.self)
  return { disturbed, undisturbed, central, connections }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

suite('A server that says nothing', () => {
  for (const first of Object.keys(KINDS) as Kind[]) {
    test(`costs less than a second once, whatever is asked after a ${first}`, async (context) => {
      const kinds = [first, ...Object.keys(KINDS).filter((kind) => kind !== first)] as Kind[]
      const { disturbed, undisturbed, central, connections } = await open(context, { names: [...kinds, 'later'] })
      const times = { disturbed: [] as number[], undisturbed: [] as number[] }
      for (const kind of kinds) {
        times.undisturbed.push(await timed(() => KINDS[kind](undisturbed, kind)))
        times.disturbed.push(await timed(() => KINDS[kind](disturbed, kind)))
      }
      const costs = times.disturbed.map((ms, index) => ms - (times.undisturbed[index] ?? 0))
      context.diagnostic(`above the undisturbed: ${costs.map((ms) => ms.toFixed(0)).join(', ')} ms`)
      const all = costs.reduce((sum, ms) => sum + ms, 0)
      assert.ok(all < ONCE_MS, `${kinds.join(', ')} took longer by ${costs.join(', ')} ms`)
      await until('it is left alone', () => central.isAvoided)
      const before = connections()
      for (const kind of kinds) await KINDS[kind](disturbed, 'later')
      assert.ok(connections() <= before + 1, 'nothing but a probe')
    })
  }

  test('costs as little where it tells of packages, and gives none of their bytes', async (context) => {
    const { author, user, upload, link, server } = await openScene(context)
    for (const name of ['one', 'two']) await author.publish(smallPackage(name))
    await upload()
    link()
    server.mischief = ({ url = '' }) => url.startsWith('/v1/blobs/')
    const ms = await timed(() => KINDS.fetch(user, 'one'))
    const usual = await timed(() => KINDS.fetch(user, 'two'))
    assert.ok(ms - usual < ONCE_MS, `it took ${ms} ms, and ${usual} ms after it`)
  })

  test('costs as little where nobody else can be asked, for what is known here', async (context) => {
    const { disturbed } = await open(context, { isAlone: true })
    await disturbed.publish(smallPackage('own'))
    const times: number[] = []
    for (let round = 0; round < 3; round++) times.push(await timed(() => KINDS.info(disturbed, 'own')))
    assert.ok(times.reduce((sum, ms) => sum + ms, 0) < ONCE_MS, `it took ${times.join(', ')} ms`)
  })

  test('costs as little where peers come first and know nothing', async (context) => {
    const { disturbed, undisturbed } = await open(context, { order: 'p2p-first' })
    const costs: number[] = []
    for (const name of ['one', 'two', 'three']) {
      const ask = (user: TestMarketplace) => timed(() => assert.rejects(KINDS.info(user, name)).then(() => KINDS.search(user, name)))
      const usual = await ask(undisturbed)
      costs.push((await ask(disturbed)) - usual)
    }
    assert.ok(costs.reduce((sum, ms) => sum + ms, 0) < ONCE_MS, `it took longer by ${costs.join(', ')} ms`)
  })
})
