import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { registryIdOf } from '#core'
import { memoryHub } from '#network'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import {
  ggen, handedOver, openMarketplace, realClock, type RunningRegistry, smallPackage, startNode, startRegistry, temporaryFolder, TestClock, until, writeTree,
} from '#testing'

/** Publishes elsewhere, and hands it in. */
const publishAt = async ({ url, token }: RunningRegistry, name: string): Promise<void> => {
  await using author = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const { envelopes, digest, archive } = await handedOver(author, await author.publish(smallPackage(name)))
  const http = openHttpClient({ base: url, token })
  await using server = new Upstream({ id: registryIdOf(new URL(url)), name: 'registry', http, clock: realClock, isPrivate: false })
  async function* read(): AsyncGenerator<Uint8Array> {
    yield archive
  }
  await server.patient.publish({ envelopes, blobs: [{ digest, sizeBytes: archive.length }], read }, AbortSignal.timeout(20_000))
}

/** How often each route was asked so far, but for the one that says it. */
const askedOf = async ({ url }: RunningRegistry): Promise<readonly string[]> =>
  (await (await fetch(`${url}/metrics`)).text()).split('\n').filter((line) => /^ggen_registry_requests_total\{.*route=/.test(line) && !line.includes('metrics'))

interface Sources { readonly sources: readonly { readonly peer: string }[] }
interface Failure { readonly error: { readonly code: string; readonly details: { readonly causes?: readonly { readonly registry: string }[] } } }

test('one call asks a registry that is only named, another one peers alone, and a project says it for itself', { timeout: 60_000 }, async () => {
  await using work = await temporaryFolder()
  const place = (name: string): string => join(work.path, name)
  await using registry = await startRegistry(place('registry'))
  await publishAt(registry, 'signed-tool')
  await using peer = await startNode({ home: place('peer') })
  const folder = await writeTree(place('source'), smallPackage('peer-tool'))
  assert.equal((await ggen(peer.home, 'publish', '--no-passphrase', folder, '--json')).code, 0)
  await using user = await startNode({ home: place('user'), bootstrap: peer.addresses, more: ['--no-mdns', '--light'] })
  await until('it is connected', async () => (await ggen(user.home, 'p2p', 'peers', '--json')).json<unknown[]>().length === 1)
  const found = async (...args: readonly string[]): Promise<number> => (await ggen(user.home, 'search', ...args, '--json')).json<{ total: number }>().total

  assert.equal(await found('tool', '--registry', registry.url), 1)
  assert.equal((await ggen(user.home, 'info', 'signed-tool', '--registry', registry.url, '--json')).code, 0)
  const project = place('project')
  await mkdir(project)
  const installed = await ggen(user.home, 'install', 'signed-tool', '--registry', registry.url, '--dir', project, '--json')
  assert.deepEqual(installed.json<{ installed: Sources[] }>().installed[0]?.sources.map((source) => source.peer), [registry.url], installed.stdout)
  assert.equal((await ggen(user.home, 'update', '--check', '--registry', registry.url, '--dir', project, '--json')).code, 0)
  assert.equal((await ggen(user.home, 'outdated', '--registry', registry.url, '--dir', project, '--json')).code, 0)

  const before = await askedOf(registry)
  assert.ok(before.length > 0)
  assert.equal(await found('peer', '--p2p'), 1)
  const other = await ggen(user.home, 'install', 'peer-tool', '--p2p', '--dir', project, '--json')
  assert.deepEqual(other.json<{ installed: Sources[] }>().installed[0]?.sources.map((source) => source.peer), [peer.peerId], other.stdout)
  assert.deepEqual(await askedOf(registry), before, 'the registry heard nothing of it')

  const central = await ggen(user.home, 'search', 'tool', '--central', '--json')
  assert.deepEqual([central.json<Failure>().error.code, central.code], ['usage', 2])
  await writeFile(join(project, 'ggen.toml'), '[registry]\nmode = "central"\n')
  const asked = await ggen(user.home, 'install', 'peer-tool', '--dir', project, '--json')
  assert.equal(asked.json<Failure>().error.code, 'usage', 'the project wants the central registry alone, and there is none')
  await registry.kill()
  const gone = await ggen(user.home, 'info', 'unheard-of', '--registry', registry.url)
  assert.notEqual(gone.code, 0)
})
