import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BlobSource } from '#bulk'
import { digestOf, isGgenError, parsePeerId, registryIdOf } from '#core'
import type { Upstream } from '#registry'
import { registrySource } from './registry-source.ts'
import { PEERS_ALONE } from './registries.ts'

const PEER = parsePeerId('12D3KooWGRUaSFnLbDRcEtNtRFLdoGyLD3RMGqzPFVAVBGrjxVjn')
const id = registryIdOf(new URL('https://registry.example'))
const request = { digest: digestOf(Buffer.from('archive')), sizeBytes: 7, offset: 0, length: 7 }

async function* text(what: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(what)
}

test('bytes of a server come from the server, and those of peers from peers', async () => {
  const { signal } = new AbortController()
  const peers: BlobSource = { carrier: () => 'tls', read: () => text('peer') }
  const central = { id, read: ({ hurried }: { readonly hurried: boolean }) => text(hurried ? 'hurried' : 'patient') } as unknown as Upstream
  const network = { connected: [] as readonly unknown[], peers: () => network.connected as never }
  const parts = { registries: { ...PEERS_ALONE, central }, network, peers }
  const source = registrySource(parts)
  const read = async (peer: Parameters<typeof source.carrier>[0], from = source): Promise<string> =>
    Buffer.concat(await Array.fromAsync(from.read({ ...request, peer }, signal))).toString()
  assert.deepEqual([source.carrier(PEER), source.carrier(id)], ['tls', 'http'])
  assert.deepEqual([await read(PEER), await read(id)], ['peer', 'patient'])
  network.connected = [PEER]
  assert.equal(await read(id), 'hurried', 'others can be asked')
  const alone = registrySource({ ...parts, givers: { order: 'central-first', asksPeers: false, server: id } })
  assert.equal(await read(id, alone), 'patient', 'nobody else was to be asked')
  await assert.rejects(async () => read(registryIdOf(new URL('https://other.example'))), (error) => isGgenError(error, 'registry-unreachable'))
})
