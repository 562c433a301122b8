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
  return { node, kept, removed, desk: new AgentDesk(parts), parts }
}

describe('the desk of a home folder', () => {
  it('has uploads signed by the agent', async () => {
    const { desk, kept, removed, node } = await openDesk()
    await using _node = node
    assert.equal(await desk.publish(upload, never), 'published')
    assert.deepEqual([kept, removed], [[], ['lent']])
    const of = (): Promise<{ readonly tags: ReadonlyMap<string, string> }> => node.marketplace.offering.of(parsePackageName('@acme/thing'), never)
    const version = parseVersion('1.0.0')
    await desk.say({ type: 'status', name: parsePackageName('@acme/thing'), version, state: 'live', tag: { name: 'next', version } }, never)
    assert.deepEqual([...(await of()).tags], [['next', '1.0.0']])
  })

  it('keeps what nobody can sign just now, and says that it cannot say anything', async () => {
    const { desk, kept, removed, node, parts } = await openDesk({ status: async () => undefined })
    await using _node = node
    assert.equal(await desk.publish(upload, never), 'staged')
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
