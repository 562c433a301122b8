import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { packArchive } from '#archive'
import { digestOf } from '#core'
import { ggen, smallPackage, startGgen, startNode, temporaryFolder, until } from '#testing'

interface Reply {
  readonly of: string
  readonly identity: string
  readonly imported: readonly { readonly name: string }[]
  readonly known: number
  readonly left: readonly { readonly label: string; readonly code: string }[]
}

const archiveOf = async (name: string): Promise<Uint8Array> => {
  const files = Object.entries(smallPackage(name)).map(([path, text]) => ({
    path, executable: false, sizeBytes: Buffer.byteLength(text), content: async function* () { yield Buffer.from(text) },
  }))
  return Buffer.concat(await Array.fromAsync(packArchive(files)))
}

interface Upstream extends AsyncDisposable {
  readonly url: string
  /** Archives that are not given until the test says so. */
  readonly held: Set<string>
  readonly archives: Map<string, Uint8Array>
}

/** A web server with a catalogue of these packages. */
const upstream = async (...names: readonly string[]): Promise<Upstream> => {
  const archives = new Map<string, Uint8Array>()
  for (const name of names) archives.set(`/${name}-1.0.0.tar.gz`, await archiveOf(name))
  const packs = names.map((name) => {
    const bytes = archives.get(`/${name}-1.0.0.tar.gz`) ?? assert.fail()
    return { name, version: '1.0.0', description: `the pack ${name}`, digest: digestOf(bytes), size_bytes: bytes.length, download_url: `${name}-1.0.0.tar.gz` }
  })
  const index = JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', marketplace_version: '1', packs })
  const held = new Set<string>()
  const server: Server = createServer((request, response) => {
    const { url = '' } = request
    if (url === '/index.json') response.end(index)
    else if (!held.has(url)) response.writeHead(archives.has(url) ? 200 : 404).end(archives.get(url))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, held, archives,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a registry of the web is mirrored: an interrupted import goes on, altered bytes are refused, and everybody sees that it is a mirror', async () => {
  await using work = await temporaryFolder()
  await using source = await upstream('pack-a', 'pack-b', 'pack-c', 'pack-d')
  await using a = await startNode({ home: join(work.path, 'a') })
  await using b = await startNode({ home: join(work.path, 'b'), bootstrap: a.addresses })
  source.held.add('/pack-d-1.0.0.tar.gz')
  const first = startGgen(a.home, 'import', source.url, '--no-passphrase')
  const releases = async (home: string): Promise<number> => (await ggen(home, 'p2p', 'status', '--json')).json<{ releases: number }>().releases
  await until('what the server gives is published', async () => (await releases(a.home)) === 3)
  first.interrupt()
  assert.equal((await first.ended).code, 130)

  source.held.clear()
  source.archives.set('/pack-d-1.0.0.tar.gz', await archiveOf('pack-x'))
  const second = await ggen(a.home, 'import', `${source.url}index.json`, '--json')
  const { left, known, identity } = second.json<Reply>()
  assert.deepEqual([left.map(({ label, code }) => [label, code]), known, second.code], [[['pack-d@1.0.0', 'integrity']], 3, 5])
  source.archives.set('/pack-d-1.0.0.tar.gz', await archiveOf('pack-d'))
  const third = (await ggen(a.home, 'import', source.url, '--json')).json<Reply>()
  assert.deepEqual([third.imported.map(({ name }) => name), third.known, third.left, third.identity], [['pack-d'], 3, [], identity])
  const [mirror = ''] = await readdir(join(a.home, 'keys', 'mirrors'))
  assert.match(mirror, /^[0-9a-f]{16}$/)

  await until('the other node knows all of it', async () => (await releases(b.home)) === 4)
  const info = (await ggen(b.home, 'info', 'pack-d', '--json')).json<{ identity: string; mirror: { of: string } }>()
  assert.deepEqual([info.identity, info.mirror], [identity, { of: source.url }])
  assert.match((await ggen(b.home, 'info', 'pack-d')).stdout, new RegExp(`mirror of +${source.url}`))
  assert.match((await ggen(b.home, 'trust', 'why', 'pack-d')).stdout, new RegExp(`a mirror of ${source.url}: it vouches for the bytes`))
  const installed = await ggen(b.home, 'install', 'pack-d', '--dir', join(work.path, 'project'), '--json')
  assert.equal(installed.code, 0, installed.stdout)
})
