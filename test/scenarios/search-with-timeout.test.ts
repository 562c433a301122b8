import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { startProxy, until } from '#testing'
import { Cluster, met, never } from './cluster.ts'

/** What the answer may take beyond the deadline: a turn of a busy machine. */
const SLACK_MS = 3000

test('search-with-timeout: a peer that does not answer holds the search up until the deadline, and what the other knows is told as partial', async () => {
  await using cluster = await Cluster.open()
  const quick = await cluster.start('quick')
  const slow = await cluster.start('slow')
  await cluster.publish(quick, 'ada', { name: 'quick-pack', description: 'a patient answer' })
  await cluster.publish(slow, 'bob', { name: 'slow-pack', description: 'a patient answer' })
  await cluster.publish(slow, 'bob', { name: 'eager-pack', description: 'heard at once' })

  const { node: { addresses: [address = ''], peerId } } = slow
  await using link = await startProxy({ to: { port: Number(address.split('/')[4]) } })
  const bootstrap = [...quick.node.addresses, `/ip4/127.0.0.1/tcp/${link.port}/p2p/${peerId}`]
  const asker = await cluster.start('asker', { bootstrap, more: ['--no-mdns', '--light'] })
  await Promise.all([met(asker, quick), met(asker, slow)])
  const whole = await until('both answer', async () => {
    const found = await asker.client.search({ words: ['eager'] }, never)
    return found.total === 1 && found
  })
  assert.equal(whole.partial, undefined, 'everybody answered')

  link.stall()
  const began = performance.now()
  const found = await asker.client.search({ words: ['patient', 'answer'] }, never)
  const tookMs = performance.now() - began
  assert.deepEqual(found.results.map(({ name }) => name), ['quick-pack'])
  assert.equal(found.partial, true)
  assert.ok(tookMs >= LIMITS.peerSearchTimeoutMs * 0.9, `it waited for the slow one, ${tookMs} ms`)
  assert.ok(tookMs < LIMITS.peerSearchTimeoutMs + SLACK_MS, `it ended at the deadline, ${tookMs} ms`)

  link.resume()
  await until('it answers again', async () => (await asker.client.search({ words: ['patient'], limit: 7 }, never)).total === 2)
})
