import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryFolder, until } from '#testing'
import { connectRegistry, createTestnet, isGgenError, type P2PEventOrGap, P2PRegistry, P2PRegistryBuilder, type Testnet } from './mod.ts'

const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(60_000) })

const DRAFT = {
  name: 'hello-tool', version: '1.0.0', description: 'Says hello', category: 'demo', tags: ['greeting', 'cli'], files: { 'src/hello.txt': 'hello\n' },
} as const

/** The first that is like this; events of before it are passed over. */
const first = async <T extends P2PEventOrGap['type']>(events: AsyncIterable<P2PEventOrGap>, type: T): Promise<Extract<P2PEventOrGap, { type: T }>> => {
  for await (const event of events) if (event.type === type) return event as Extract<P2PEventOrGap, { type: T }>
  throw new Error(`no ${type} came`)
}

describe('nodes inside a program', () => {
  let net: Testnet
  before(async () => {
    net = await createTestnet({ nodes: 3, controlSocket: true, ...soon() })
  })
  after(() => net[Symbol.asyncDispose]())

  it('publish, hear, find, fetch and install', async () => {
    await using folder = await temporaryFolder()
    const [publisher, , reader] = [net.node(0), net.node(1), net.node(2)]
    const heard = await reader.subscribeToPackages(soon())
    const events = reader.events(soon())
    const receipt = await publisher.publish(DRAFT, soon())
    for await (const news of heard) {
      assert.ok(news.type === 'package' && news.name === 'hello-tool' && news.identity === receipt.identity)
      break
    }
    assert.equal((await first(events, 'PackageAnnounced')).version, '1.0.0')
    const { total, results: [hit] } = await reader.search('says', { tags: ['greeting'], category: 'demo' })
    assert.deepEqual([total, hit?.name, hit?.version, hit?.tags], [1, 'hello-tool', '1.0.0', ['greeting', 'cli']])
    assert.equal((await reader.search('says', { category: 'other' })).total, 0)
    const fetched = await reader.fetch('hello-tool@^1', soon())
    assert.deepEqual([fetched.digest, (await fetched.bytes()).length, fetched.sources.length], [receipt.digest, receipt.sizeBytes, 1])
    const { path } = await reader.install('hello-tool', folder.path, soon())
    assert.equal(await readFile(join(path, 'src/hello.txt'), 'utf8'), 'hello\n')
    assert.match(await readFile(join(folder.path, 'ggen.lock'), 'utf8'), /name = "hello-tool"/)
  })

  it('know all versions of a package and everything of one', async () => {
    const [publisher, reader] = [net.node(1), net.node(0)]
    for (const version of ['1.0.0', '1.10.0', '1.9.0']) await publisher.publish({ ...DRAFT, name: 'steps', version }, soon())
    const versions = await until('all are known', async () => {
      const known = await reader.versions('steps').catch((error: unknown) => {
        assert.ok(isGgenError(error, 'package-not-found'), String(error))
        return []
      })
      return known.length === 3 && known
    })
    assert.deepEqual(versions.map(({ version, standing }) => `${version} ${standing}`), ['1.10.0 live', '1.9.0 live', '1.0.0 live'])
    const { version, summary, sizeBytes } = await reader.get('steps@~1.9')
    assert.deepEqual([version, summary.category, summary.tags, (sizeBytes ?? 0) > 0], ['1.9.0', 'demo', ['greeting', 'cli'], true])
    await assert.rejects(reader.get('steps@2.0.0'), (error) => isGgenError(error, 'version-not-found'))
    await assert.rejects(publisher.publish({ ...DRAFT, name: 'steps', version: '1.0.0', files: { other: 'bytes' } }), (error) => isGgenError(error, 'conflict'))
  })

  it('count what they have, and score whom they asked', async () => {
    const reader = net.node(2)
    const stats = await until('all is compared', async () => {
      const seen = await reader.stats()
      return seen.cached_packages === 2 && seen.connected_peers === 2 && seen
    })
    assert.deepEqual(
      [stats.total_peers, stats.gossip_topics, stats.provider_records, stats.releases, await reader.topics()],
      [2, 1, 1, 4, ['/ggen/testnet/ops/1']],
    )
    const { peerId } = await net.node(0).startListening()
    const score = await reader.peerScore(peerId)
    assert.ok(score !== undefined && score > 0 && score <= 1)
    assert.equal(await reader.getPeerReputation(peerId), score)
    assert.deepEqual((await reader.peers()).map((peer) => peer.direction), ['outbound', 'outbound'])
  })

  it('are the same for another program of this user, which signs by itself', async () => {
    const { home } = net.node(1)
    const other = await connectRegistry({ home, ...soon() })
    assert.equal(other.home, home)
    const announced = first(other.events(soon()), 'PackageAnnounced')
    const receipt = await other.publish({ ...DRAFT, name: 'from-outside' }, soon())
    assert.equal((await announced).name, 'from-outside')
    const { addresses } = await net.node(0).startListening()
    assert.equal((await other.bootstrap(addresses, soon())).connected.length, addresses.length)
    await assert.rejects(other.bootstrap(['/ip4/127.0.0.1/tcp/1'], soon()), (error) => isGgenError(error, 'peer-unreachable'))
    assert.equal(receipt.identity, await net.node(1).publisher())
    assert.equal((await other.search('from-outside')).total, 1)
    assert.equal((await (await other.fetch('from-outside')).bytes()).length, receipt.sizeBytes)
    const { connected_peers, total_peers, gossip_topics } = await other.stats()
    assert.deepEqual([connected_peers, total_peers, gossip_topics], [2, 2, 1])
  })

  it('tell who comes and goes, and end everything when they are disposed', async () => {
    const [{ addresses }] = [await net.node(0).startListening()]
    await using guest = await new P2PRegistryBuilder({ network: 'testnet', mdns: false, listenAddresses: ['/ip4/127.0.0.1/tcp/0'] }).build()
    const seen = net.node(0).events(soon())
    const { connected, failed } = await guest.bootstrap([...addresses, '/ip4/127.0.0.1/tcp/1'], soon())
    assert.deepEqual([connected.length, failed.map(({ address, error }) => [address, error.code])], [1, [['/ip4/127.0.0.1/tcp/1', 'peer-unreachable']]])
    const { peerId } = await guest.startListening()
    assert.equal((await first(seen, 'PeerConnected')).peer, peerId)
    const gone = net.node(0).events(soon())
    const news = await guest.subscribe()
    const { home } = guest
    await guest[Symbol.asyncDispose]()
    assert.equal((await first(gone, 'PeerDisconnected')).peer, peerId)
    assert.deepEqual(await Array.fromAsync(news), [])
    assert.equal(existsSync(home), false)
    await guest.whenStopped()
    await assert.rejects(guest.stats(), (error) => isGgenError(error, 'cancelled'))
  })
})

describe('P2PRegistryBuilder', () => {
  it('changes no builder that was there before', async () => {
    await using folder = await temporaryFolder()
    const base = new P2PRegistryBuilder().withHome(folder.path).withListenAddresses(['/ip4/127.0.0.1/tcp/0']).withMdns(false)
    await using registry = await base.build()
    assert.ok(registry instanceof P2PRegistry)
    assert.equal(registry.home, folder.path)
    await assert.rejects(base.withListenAddresses([]).build(), (error) => isGgenError(error, 'config-invalid'))
    await assert.rejects(base.withBootstrapNodes(['x']).build(), (error) => isGgenError(error, 'address-invalid'))
  })

  it('opens no port and no folder before it is told to, and stays who it is from run to run', async () => {
    await using folder = await temporaryFolder()
    const wanted = new P2PRegistryBuilder({ mdns: false, trust: { domains: false } }).withHome(folder.path).withListenAddresses(['/ip4/127.0.0.1/tcp/0'])
    const run = async (): Promise<string> => {
      await using registry = await wanted.build()
      assert.equal(existsSync(join(folder.path, 'lock.pid')), false)
      return (await registry.startListening(soon())).peerId
    }
    assert.equal(await run(), await run())
  })

  it('makes a publisher of a folder that stays only on demand', async () => {
    await using folder = await temporaryFolder()
    const wanted = new P2PRegistryBuilder({ mdns: false }).withHome(folder.path).withListenAddresses(['/ip4/127.0.0.1/tcp/0'])
    await using registry = await wanted.withoutPassphrase().build()
    await assert.rejects(registry.publish(DRAFT, soon()), (error) => isGgenError(error, 'key-missing'))
    const { identity } = await registry.createPublisher()
    assert.equal((await registry.publish(DRAFT, soon())).identity, identity)
  })
})

describe('connectRegistry', () => {
  it('says that no node runs', async () => {
    await using folder = await temporaryFolder()
    await assert.rejects(connectRegistry({ home: folder.path }), (error) => isGgenError(error, 'daemon-not-running'))
  })
})

describe('createTestnet', () => {
  it('has one to thirty-two nodes', async () => {
    for (const nodes of [0, 33, 1.5]) await assert.rejects(createTestnet({ nodes }), (error) => isGgenError(error, 'usage'))
  })
})
