import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, parsePackageName, parseVersion } from '#core'
import type { AgentClient } from '#doors/agent'
import { memoryHub } from '#network'
import { parseNpmName, parseNpmVersion } from '#npm'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock } from '#testing'
import { memoryFolder } from '#archive'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { AgentDesk, type AgentDeskParts } from './agent-desk.ts'

const never = new AbortController().signal
const name = parseNpmName('@acme/thing')
const upload = { name, version: parseNpmVersion('1.0.0'), tag: 'latest', manifest: {}, archive: Buffer.from('as it came') }
const { identity, genesis, release } = createIdentity(seeded('ada'), TEST_EPOCH)
const key = keyPairFromSeed(release)

/** A desk over a whole marketplace in memory; `agent` signs, or does not. */
const openDesk = async (changes: Partial<AgentClient> = {}) => {
  const clock = new TestClock()
  const node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  node.source({ kind: 'folder', tree: memoryFolder(smallPackage('@acme/thing')) })
  const kept: string[] = []
  const removed: string[] = []
  const agent: AgentClient = {
    status: async () => ({ identity, publicKey: key.publicKey, until: 1, asks: false, pid: 1 }),
    sign: async (payload) => ({ signature: key.sign(signingBytes(payload)), purpose: 'x' }),
    lock: async () => undefined,
    ...changes,
  }
  const parts: AgentDeskParts = {
    marketplace: node.marketplace, agent,
    openKeystore: async () => ({ find: async () => ({ file: { identity, chain: [genesis] } }) as never, isOwnWord: () => true }),
    uploads: {
      put: async ({ version }) => (kept.push(version), { id: version, path: '/', name, version, sizeBytes: 1, at: 1 }),
      lend: async () => ({ path: '/', [Symbol.asyncDispose]: async () => void removed.push('lent') }),
    },
    publishes: true,
    now: () => 1,
  }
  return { clock, node, kept, removed, desk: new AgentDesk(parts), parts }
}

describe('the desk of a home folder', () => {
  it('has uploads signed by the agent', async () => {
    const { desk, kept, removed, node } = await openDesk()
    await using _node = node
    assert.deepEqual(await desk.publish(upload, never), { state: 'published' })
    assert.deepEqual([kept, removed], [[], ['lent']])
    const of = (): Promise<{ readonly tags: ReadonlyMap<string, string> }> => node.marketplace.offering.of(parsePackageName('@acme/thing'), never)
    const version = parseVersion('1.0.0')
    await desk.say({ type: 'status', name: parsePackageName('@acme/thing'), version, state: 'live', tag: { name: 'next', version } }, never)
    assert.deepEqual([...(await of()).tags], [['next', '1.0.0']])
  })

  it('says which known names a new one can be taken for, and nothing of a name that is its own already', async () => {
    const { desk, node } = await openDesk()
    await using _node = node
    const known = parsePackageName('@acme/things')
    const other = createIdentity(seeded('bob'), TEST_EPOCH).identity
    node.trust.putPin({ name: known, identity: other, since: 1, how: 'chosen' })
    const { lookAlikes } = await desk.publish(upload, never)
    assert.deepEqual(lookAlikes, [{ known, kind: 'letter', because: 'bound', identity: other }])
    node.source({ kind: 'folder', tree: memoryFolder(smallPackage('@acme/thing', '2.0.0')) })
    assert.deepEqual(await desk.publish({ ...upload, version: parseNpmVersion('2.0.0') }, never), { state: 'published' })
  })

  it('never lets a version be the latest one that is published under another tag, however long signing takes', async () => {
    const { desk, node, clock } = await openDesk({
      sign: async (payload) => {
        clock.advance(5000)
        return { signature: key.sign(signingBytes(payload)), purpose: 'x' }
      },
    })
    await using _node = node
    const packageName = parsePackageName('@acme/thing')
    const [first, second] = [parseVersion('1.0.0'), parseVersion('2.0.0')]
    const latest = async (): Promise<string | undefined> => {
      const { tags, releases } = await node.marketplace.offering.of(packageName, never)
      return tags.get('latest') ?? releases.map(({ release: { body } }) => body.version).toSorted().at(-1)
    }
    await desk.publish(upload, never)
    node.source({ kind: 'folder', tree: memoryFolder(smallPackage('@acme/thing', '2.0.0')) })
    const stays = { type: 'status', name: packageName, version: first, state: 'live', tag: { name: 'latest', version: first } } as const
    assert.deepEqual(await desk.publish({ ...upload, version: parseNpmVersion('2.0.0'), stays }, never), { state: 'published' })
    assert.equal(await latest(), '1.0.0')
    await desk.say({ type: 'status', name: packageName, version: second, state: 'live', tag: { name: 'next', version: second } }, never)
    assert.equal(await latest(), '1.0.0')
    node.source({ kind: 'folder', tree: memoryFolder(smallPackage('@acme/thing', '3.0.0')) })
    await desk.publish({ ...upload, version: parseNpmVersion('3.0.0') }, never)
    assert.equal(await latest(), '3.0.0')
  })

  it('keeps what nobody can sign just now, and says that it cannot say anything', async () => {
    const { desk, kept, removed, node, parts } = await openDesk({ status: async () => undefined })
    await using _node = node
    assert.deepEqual(await desk.publish(upload, never), { state: 'staged' })
    assert.deepEqual([kept, removed], [['1.0.0'], []])
    await assert.rejects(desk.publish({ ...upload, tag: 'beta' }, never), { code: 'passphrase-needed' })
    const closed = new AgentDesk({ ...parts, publishes: false })
    await assert.rejects(closed.publish(upload, never), { code: 'publishes-nothing' })
    assert.equal(kept.length, 1)
    const words = { type: 'status', name: parsePackageName('tool'), version: '*', state: 'live' } as const
    await assert.rejects(desk.say(words, never), { code: 'passphrase-needed' })
  })

  it('keeps nothing of what it says that it did not publish', async () => {
    const { desk, kept, removed, node } = await openDesk({ sign: async () => Promise.reject(new GgenError('denied', 'no')) })
    await using _node = node
    await assert.rejects(desk.publish(upload, never), { code: 'denied' })
    const { desk: locked, node: other, removed: alsoRemoved } = await openDesk({ sign: async () => undefined })
    await using _other = other
    await assert.rejects(locked.publish(upload, never), { code: 'passphrase-needed' })
    assert.deepEqual([kept, removed, alsoRemoved], [[], ['lent'], ['lent']])
  })

  it('asks for no signature on anything else', async () => {
    const { parts, node } = await openDesk()
    await using _node = node
    const strange = new AgentDesk({ ...parts, openKeystore: async () => ({ ...(await parts.openKeystore()), isOwnWord: () => false }) })
    await assert.rejects(strange.publish(upload, never), { code: 'op-invalid' })
    const foreign = new AgentDesk({ ...parts, openKeystore: async () => ({ ...(await parts.openKeystore()), find: async () => undefined }) })
    await assert.rejects(foreign.publish(upload, never), (error) => isGgenError(error, 'key-missing'))
  })
})
