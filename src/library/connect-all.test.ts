import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, parsePeerId } from '#core'
import { connectAll } from './connect-all.ts'

const { signal } = new AbortController()
const PEER = parsePeerId('12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo')
const [UP, DOWN] = ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.2/tcp/1']

const dial: Parameters<typeof connectAll>[1] = async (address) => {
  if (address === DOWN) throw new GgenError('peer-unreachable', 'nobody is there')
  return PEER
}

test('whoever can be reached is connected, and of the others it is said why not', async () => {
  const { connected, failed } = await connectAll([UP, DOWN], dial, signal)
  assert.deepEqual([connected, failed.map(({ address, error }) => [address, error.code])], [[PEER], [[DOWN, 'peer-unreachable']]])
  assert.deepEqual(await connectAll([], dial, signal), { connected: [], failed: [] })
})

test('where nobody can be reached, or an address is none, it fails', async () => {
  await assert.rejects(connectAll([DOWN, DOWN], dial, signal), { code: 'peer-unreachable', message: /none of 2 nodes .*nobody is there/ })
  await assert.rejects(connectAll(['nowhere'], dial, signal), { code: 'address-invalid' })
  await assert.rejects(connectAll([DOWN], dial, AbortSignal.abort(new Error('over'))), { message: 'over' })
})
