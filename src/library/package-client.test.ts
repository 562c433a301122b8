import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError } from '#core'
import { memoryKeystore } from '#testing'
import type { NodeAccess } from './node-access.ts'
import { PackageClient } from './package-client.ts'
import { PublisherKeys } from './publisher-keys.ts'

const keys = new PublisherKeys({ open: async () => memoryKeystore('client'), isFleeting: true })

const clientOf = (access: Partial<NodeAccess>, closing = new AbortController()): PackageClient =>
  new PackageClient({ access: async () => access as NodeAccess, keys, closing: closing.signal })

/** What becomes of a call whose time is over while it waits. No timer of a signal keeps a process alive, so none is used. */
const outOfTime = async (call: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> => {
  const time = new AbortController()
  const called = call(time.signal)
  time.abort(new DOMException('the time is over', 'TimeoutError'))
  return await called
}

/** A question that is answered when its signal aborts, and not before. */
const hanging = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

test('a search asks for words and conditions, and for nothing that was not given', async () => {
  const asked: unknown[] = []
  const client = clientOf({
    search: async (question) => {
      asked.push(question)
      return { total: 0, results: [] }
    },
  })
  await client.search('  web \n server ')
  await client.search('', { category: 'web', tags: ['a'], limit: 5, sort: 'date' })
  assert.deepEqual(asked, [{ words: ['web', 'server'] }, { words: [], category: 'web', tags: ['a'], limit: 5, sort: 'date' }])
})

test('a publish says who alone is told, where somebody is', async () => {
  const asked: unknown[] = []
  const client = clientOf({
    prepare: async ({ tells }) => {
      asked.push(tells)
      throw new GgenError('conflict', 'it is there')
    },
  })
  for (const to of ['p2p', 'central', new URL('https://registry.example/index.json')] as const) {
    await assert.rejects(client.publish('/tmp/a', { to }), { code: 'conflict' })
  }
  await assert.rejects(client.publish('/tmp/a'), { code: 'conflict' })
  await assert.rejects(client.publish('/tmp/a', { to: new URL('file:///tmp') }), { code: 'usage' })
  assert.deepEqual(asked, ['p2p', 'central', { url: 'https://registry.example' }, undefined])
})

test('what cannot be asked is refused with a code, before anybody is asked', async () => {
  const client = clientOf({})
  await assert.rejects(client.versions('Not a name'), { code: 'name-invalid' })
  await assert.rejects(client.search('x', { publisher: 'ada' }), { name: 'GgenError' })
  await assert.rejects(client.peerScore('nobody'), { name: 'GgenError' })
  await assert.rejects(client.install('a@', '/tmp'), { code: 'range-invalid' })
  await assert.rejects(client.subscribe({ names: ['Ä'] }), { code: 'name-invalid' })
})

test('every call ends when its signal aborts, and when the registry closes', async () => {
  const closing = new AbortController()
  const client = clientOf({ info: (_spec, signal) => hanging(signal) }, closing)
  await assert.rejects(outOfTime((signal) => client.get('a', { signal })), { code: 'timeout' })
  await assert.rejects(client.get('a', { signal: AbortSignal.abort() }), { code: 'cancelled' })
  const waiting = assert.rejects(client.get('a'), { code: 'cancelled', message: 'closed' })
  closing.abort(new GgenError('cancelled', 'closed'))
  await waiting
})

test('a node that does not start in time is waited for no longer than the caller wants', async () => {
  const client = new PackageClient({ access: () => new Promise(() => undefined), keys, closing: new AbortController().signal })
  await assert.rejects(outOfTime((signal) => client.stats({ signal })), { code: 'timeout' })
})

test('leaving a subscription tells the node', async () => {
  const left = Promise.withResolvers<void>()
  const client = clientOf({ watch: async (_question, signal) => {
    signal.addEventListener('abort', () => left.resolve())
    return (async function* () {
      yield { type: 'missed' as const, count: 1 }
      await hanging(signal)
    })()
  } })
  for await (const { type } of await client.subscribe()) {
    assert.equal(type, 'missed')
    break
  }
  await left.promise
})

test('a peer of which nothing was asked has no score, and the best reputation', async () => {
  const peerId = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
  const client = clientOf({ peers: async () => [{ peerId: peerId as never, direction: 'inbound', since: 0, protocols: [] }] })
  assert.deepEqual([await client.peerScore(peerId), await client.getPeerReputation(peerId)], [undefined, 1])
})
