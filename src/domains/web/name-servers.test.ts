import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NameServer } from '#testing'
import { codeOf, NameServers } from './name-servers.ts'

const forever = (): AbortSignal => new AbortController().signal

test('addresses of both families count together, and one that cannot be asked does not spoil the other', async () => {
  await using server = await NameServer.start()
  const names = new NameServers(forever(), [server.address])
  server.set('both.example', { a: ['192.0.2.1'], aaaa: ['2001:db8::1'] })
  assert.deepEqual(await names.addresses('both.example'), { values: ['192.0.2.1', '2001:db8::1'] })
  assert.deepEqual(await names.addresses('none.example'), { values: [] })
  server.set('broken.example', { failure: 'SERVFAIL' })
  assert.deepEqual(await names.addresses('broken.example'), { failed: 'answer ESERVFAIL' })
})

test('a question ends with the signal', async () => {
  await using server = await NameServer.start()
  const ending = new AbortController()
  const names = new NameServers(ending.signal, [server.address])
  server.set('silent.example', { failure: 'silent' })
  const asked = names.texts('silent.example')
  ending.abort()
  assert.deepEqual(await asked, { failed: 'do not answer in time' })
})

test('of an error only its code is told', () => {
  assert.equal(codeOf(Object.assign(new Error('\u001b[31mforged'), { code: 'ECONNREFUSED' })), 'ECONNREFUSED')
  assert.equal(codeOf(new TypeError('forged')), 'TypeError')
  assert.equal(codeOf('forged'), 'failed')
})
