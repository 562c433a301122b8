import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock } from '#testing'
import { accessTo } from './node-access.ts'

const { signal } = new AbortController()

test('a node of this process answers in the forms of the control socket', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using node = await openMarketplace({ hub, clock })
  await using other = await openMarketplace({ hub, clock })
  const access = accessTo(node)
  hub.link(node.network.self, other.network.self)
  const news = await access.watch({ words: [] }, signal)
  const { digest } = await node.publish(smallPackage('tool', '1.0.0'), 'ada')
  for await (const { type } of news) {
    assert.equal(type, 'package')
    break
  }
  assert.equal((await access.search({ words: ['tool'] }, signal)).total, 1)
  assert.equal((await access.info('tool@^1', signal)).version, '1.0.0')
  await assert.rejects(access.info('Tool', signal), { code: 'name-invalid' })
  assert.equal((await access.fetch({ spec: 'tool' }, signal)).digest, digest)
  assert.ok((await Array.fromAsync(access.readBlob(digest, signal))).length > 0)
  const [peer] = await access.peers(signal)
  assert.equal(peer?.peerId, other.network.self)
  const { peers, peersMet, packages, releases, topics } = await access.status(signal)
  assert.deepEqual([peers, peersMet, packages, releases, topics.length], [1, 1, 1, 1, 1])
})
