import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { registryIdOf } from '#core'
import { memoryHub } from '#network'
import { type Publication, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import {
  ggen, type Machine, openMarketplace, realClock, type RunningNode, type RunningRegistry, smallPackage, startNode, startRegistry, temporaryFolder, TestClock,
  until, writeTree,
} from '#testing'

interface Sources {
  readonly sources: readonly { readonly peer: string; readonly carrier: string; readonly bytes: number }[]
}

const UNREACHABLE = 4
/** What falling back may cost above what it costs without. */
const FALLBACK_MS = 1500

/** What some publisher has made, for handing it in. */
const publicationOf = async (...names: readonly string[]): Promise<Publication> => {
  const clock = new TestClock()
  await using author = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const blobs: Publication['blobs'][number][] = []
  const bytes = new Map<string, Uint8Array>()
  for (const name of names) {
    const { digest, sizeBytes } = await author.publish(smallPackage(name))
    blobs.push({ digest, sizeBytes })
    bytes.set(digest, await author.blobs.read(digest, { offset: 0, length: sizeBytes }))
  }
  const { envelopes } = author.catalogue.arrivals(0, 1000)
  const read: Publication['read'] = async function* ({ digest }) {
    yield bytes.get(digest) ?? new Uint8Array(0)
  }
  return { envelopes, blobs, read }
}

/** Hands it in at a registry. */
const handIn = async ({ url, token }: RunningRegistry, publication: Publication): Promise<void> => {
  const http = openHttpClient({ base: url, token })
  await using server = new Upstream({ id: registryIdOf(new URL(url)), name: 'central', http, clock: realClock, isPrivate: false })
  assert.deepEqual(await server.patient.publish(publication, AbortSignal.timeout(20_000)), { state: 'stored' })
}

const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

interface Place {
  readonly home: (name: string) => string
  /** A light node that asks the registry first and, where there is one, a peer. */
  readonly user: (registry: Pick<RunningRegistry, 'url'>, peers?: readonly RunningNode[]) => Promise<RunningNode>
  readonly install: (user: RunningNode, name: string) => Promise<Sources & { readonly ms: number }>
}

const open = async (context: TestContext): Promise<Place> => {
  const work = await temporaryFolder()
  const stack = new AsyncDisposableStack()
  stack.use(work)
  context.after(() => stack.disposeAsync())
  const home = (name: string): string => join(work.path, name)
  return {
    home,
    user: async ({ url }, peers = []) => {
      const env = { ...TRUSTING, GGEN_REGISTRY_URL: url }
      const bootstrap = peers.flatMap(({ addresses }) => addresses)
      const node = stack.use(await startNode({ home: home('user'), bootstrap, more: ['--no-mdns', '--light'], env }))
      await until('it is connected', async () => (await ggen(node.home, 'p2p', 'peers', '--json')).json<unknown[]>().length === peers.length)
      return node
    },
    install: async (user, name) => {
      const began = performance.now()
      const done = await ggen(user.home, 'install', name, '--dir', home(`project-${name}`), '--json')
      const ms = performance.now() - began
      assert.equal(done.code, 0, done.stderr)
      const { sources } = (await ggen(user.home, 'info', name, '--sources', '--json')).json<Sources>()
      return { sources, ms }
    },
  }
}

suite('A central registry and peers, between processes', () => {
  test('the registry is used while it is there, and without any peer', async (context) => {
    const { home, user: start, install } = await open(context)
    await using registry = await startRegistry(home('registry'))
    await handIn(registry, await publicationOf('tool'))
    const user = await start(registry)
    const found = (await ggen(user.home, 'search', 'tool', '--json')).json<{ results: readonly { name: string }[] }>()
    assert.deepEqual(found.results.map(({ name }) => name), ['tool'])
    const { sources } = await install(user, 'tool')
    assert.deepEqual(sources.map(({ peer, carrier }) => [peer, carrier]), [[registry.url, 'http']])
  })

  test('what only peers have is had from them, and when the registry is gone, everything, at little cost', async (context) => {
    const { home, user: start, install } = await open(context)
    await using registry = await startRegistry(home('registry'))
    await using peer = await startNode({ home: home('peer') })
    const machine: Machine = { home: peer.home, env: {} }
    const names = ['one', 'two']
    for (const name of names) {
      const folder = await writeTree(home(`source-${name}`), smallPackage(name))
      assert.equal((await ggen(machine, 'publish', '--no-passphrase', folder, '--json')).code, 0)
    }
    await handIn(registry, await publicationOf('elsewhere'))
    const user = await start(registry, [peer])
    assert.deepEqual((await install(user, 'elsewhere')).sources.map((source) => source.peer), [registry.url])
    const undisturbed = await install(user, 'one')
    assert.deepEqual(undisturbed.sources.map((source) => source.peer), [peer.peerId], 'only peers have it')
    await registry.kill()
    const { sources, ms } = await install(user, 'two')
    assert.deepEqual(sources.map((source) => source.peer), [peer.peerId])
    assert.ok(ms < undisturbed.ms + FALLBACK_MS, `it took ${ms} ms, and ${undisturbed.ms} ms undisturbed`)
  })

  test('with nobody there at all, it says who could not be asked and why', async (context) => {
    const { home, user: start } = await open(context)
    const registry = await startRegistry(home('registry'))
    await registry.kill()
    const user = await start(registry)
    const { code, stdout } = await ggen(user.home, 'install', 'tool', '--dir', home('project'), '--json')
    assert.equal(code, UNREACHABLE, stdout)
    assert.match(stdout, /central.*cannot be reached/)
  })
})
