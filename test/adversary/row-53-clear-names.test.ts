import { join } from 'node:path'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestBytes, parseDigest } from '#core'
import { decodeRendezvousQuestion, encodeRendezvousEntries, encodeRendezvousReceipt, rendezvousKey } from '#network'
import { ggen, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'
import { startHostileNode } from './hostile-node.ts'

const NAME = 'very-private-name'

test('row 53: whoever keeps entries for others and routes sees keys, but neither the names of packages nor the digests of blobs', async (t) => {
  const kinds = { put: 0, get: 0, del: 0 }
  const keys = new Set<string>()
  const rendezvous = (bytes: Uint8Array): Uint8Array => {
    const { op, key } = decodeRendezvousQuestion(bytes)
    kinds[op] += 1
    keys.add(Buffer.from(key).toString('hex'))
    return op === 'get' ? encodeRendezvousEntries([]) : encodeRendezvousReceipt(true)
  }
  await using spy = await startHostileNode({ host: '127.66.6.6', rendezvous })
  await using work = await temporaryFolder()
  await using publisher = await startNode({ home: join(work.path, 'publisher'), bootstrap: [spy.address] })
  await using user = await startNode({ home: join(work.path, 'user'), bootstrap: [spy.address, ...publisher.addresses] })
  await until('all are connected', () => [publisher, user].every(({ peerId }) => spy.met.has(peerId)))

  const source = await writeTree(join(work.path, 'source'), smallPackage(NAME))
  const published = await ggen(publisher.home, 'publish', '--no-passphrase', source, '--json')
  assert.equal(published.code, 0, published.stderr)
  const digest = parseDigest(published.json<{ digest: string }>().digest)
  const key = Buffer.from(rendezvousKey('blob', digest)).toString('hex')
  await until('the blob is told', () => kinds.put > 0 && keys.has(key))
  const installed = await until('it is installed', async () => {
    const attempt = await ggen(user.home, 'install', NAME, '--dir', join(work.path, 'project'), '--json')
    return attempt.code === 0 && attempt
  })
  assert.equal(installed.code, 0)
  await until('the user has told that it holds it too', () => kinds.put > 1)

  const secrets = [Buffer.from(NAME), Buffer.from(digest.slice(7)), Buffer.from(digestBytes(digest))]
  const leaks = spy.heard.filter((bytes) => secrets.some((secret) => Buffer.from(bytes).includes(secret)))
  t.diagnostic(`${spy.heard.length} messages to the DHT and the rendezvous (${kinds.put} puts, ${kinds.get} gets): ${leaks.length} with a name or digest`)
  assert(spy.heard.length > kinds.put + kinds.get, 'the DHT asked as well')
  assert.equal(leaks.length, 0)
})
