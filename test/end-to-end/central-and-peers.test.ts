import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { registryIdOf } from '#core'
import { type ControlClient, controlClient } from '#doors/control'
import { memoryHub } from '#network'
import { type Publication, Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import {
  ggen, openMarketplace, realClock, type RunningNode, type RunningRegistry, smallPackage, startNode, startRegistry, temporaryFolder, TestClock, until,
  writeTree,
} from '#testing'
import { publishTo, testIdentity } from '../faults/publish.ts'

interface Installed {
  readonly installed: readonly { readonly sources: readonly { readonly peer: string; readonly carrier: string }[] }[]
}

const UNREACHABLE = 4
/** What falling back may cost above what it costs without. */
const FALLBACK_MS = 1500
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const never = new AbortController().signal

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
  assert.deepEqual(await server.patient.publish(publication, AbortSignal.timeout(60_000)), { state: 'stored' })
}

const clientOf = ({ home }: RunningNode): ControlClient => controlClient(join(home, 'ggen.sock'))

suite('A central registry and peers, between processes', () => {
  const open = new AsyncDisposableStack()
  let home: (name: string) => string
  let registry: RunningRegistry
  /** A light node without any peer. */
  let alone: RunningNode

  /** A light node that asks the registry first. */
  const startUser = async (name: string, bootstrap: readonly string[]): Promise<RunningNode> =>
    open.use(await startNode({ home: home(name), bootstrap, more: ['--no-mdns', '--light'], env: { ...TRUSTING, GGEN_REGISTRY_URL: registry.url } }))

  const install = async (user: RunningNode, name: string): Promise<Installed['installed'][number]['sources']> => {
    const done = await ggen(user.home, 'install', name, '--dir', home(`project-${name}`), '--json')
    assert.equal(done.code, 0, done.stderr)
    return done.json<Installed>().installed.flatMap(({ sources }) => sources)
  }

  before(async () => {
    const work = open.use(await temporaryFolder())
    home = (name) => join(work.path, name)
    registry = open.use(await startRegistry(home('registry')))
    const [, user] = await Promise.all([publicationOf('tool', 'elsewhere').then((publication) => handIn(registry, publication)), startUser('alone', [])])
    alone = user
  })
  after(() => open.disposeAsync())

  test('the registry is used while it is there, and without any peer', async () => {
    const found = (await ggen(alone.home, 'search', 'tool', '--json')).json<{ results: readonly { name: string }[] }>()
    assert.deepEqual(found.results.map(({ name }) => name), ['tool'])
    assert.deepEqual((await install(alone, 'tool')).map(({ peer, carrier }) => [peer, carrier]), [[registry.url, 'http']])
  })

  test('what only peers have is had from them, and when the registry is gone, everything, at little cost', async () => {
    const peer = open.use(await startNode({ home: home('peer') }))
    const user = await startUser('user', peer.addresses)
    const names = ['one', 'two']
    for (const name of names) {
      await publishTo(join(peer.home, 'ggen.sock'), testIdentity('ada'), await writeTree(home(`source-${name}`), smallPackage(name)))
    }
    const client = clientOf(user)
    await until('it is connected', async () => (await client.peers(never)).length === 1)
    assert.deepEqual((await install(user, 'elsewhere')).map((source) => source.peer), [registry.url])
    const timed = async (name: string): Promise<number> => {
      const began = performance.now()
      const { sources } = await client.fetch({ spec: name }, never)
      assert.deepEqual(sources.map((source) => source.peer), [peer.peerId], 'only peers have it')
      return performance.now() - began
    }
    const undisturbedMs = await timed('one')
    await registry.kill()
    const ms = await timed('two')
    assert.ok(ms < undisturbedMs + FALLBACK_MS, `it took ${ms} ms, and ${undisturbedMs} ms undisturbed`)
  })

  test('with nobody there at all, it says who could not be asked and why', async () => {
    await registry.kill()
    const { code, stdout } = await ggen(alone.home, 'install', 'unheard-of', '--dir', home('project'), '--json')
    assert.equal(code, UNREACHABLE, stdout)
    assert.match(stdout, /central.*cannot be reached/)
  })
})
