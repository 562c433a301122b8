import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseTicket, type PrivateNetwork, writeTicket } from '#config'
import { type IdentityId, opIdOfHash } from '#core'
import { openNetworkFile } from '#node/system'
import { memoryTrustStore } from '#store'
import { temporaryFolder } from '#testing'
import { followNamed } from './follow-named.ts'

const [ONE, TWO] = [1, 2].map((byte) => opIdOfHash(new Uint8Array(32).fill(byte)) as IdentityId) as [IdentityId, IdentityId]

test('publishers whom a ticket names are followed once, so that who was unfollowed stays so', async () => {
  await using work = await temporaryFolder()
  const networkPath = join(work.path, 'keys', 'network.ticket')
  const joined: PrivateNetwork = { name: 'acme', key: new Uint8Array(32), bootstrap: [], follow: [ONE, TWO] }
  await openNetworkFile(networkPath).create(Buffer.from(writeTicket(joined)))
  const { memory } = memoryTrustStore()
  memory.follow({ identity: TWO, since: 7 })
  await followNamed({ joined, networkPath }, { memory })
  const since = new Map(memory.followed().map((one) => [one.identity, one.since]))
  assert.deepEqual([since.size, since.has(ONE), since.get(TWO)], [2, true, 7])
  const held = parseTicket(String(Buffer.from((await openNetworkFile(networkPath).read()) ?? assert.fail())))
  assert.deepEqual(held, { ...joined, follow: [] })
  memory.unfollow(ONE)
  await followNamed({ joined: held, networkPath }, { memory })
  await followNamed({ joined: undefined, networkPath }, { memory })
  assert.deepEqual(memory.followed().map(({ identity }) => identity), [TWO])
})
