import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { rm, writeFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestOf, isGgenError } from '#core'
import { FOREIGN_LIMITS, readIndex } from '#foreign'
import { temporaryFolder } from '#testing'
import { ARCHIVE, describeForeignSource, indexOf } from '../foreign-source.conformance.ts'
import { getOverWeb } from './get.ts'
import { openIndexMemory } from './index-memory.ts'
import { webSource } from './web-source.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

interface Scene extends AsyncDisposable {
  readonly url: URL
  readonly memory: string
  readonly asked: { readonly path: string; readonly tag: string | undefined }[]
  close(): Promise<void>
}

/** A web server of this test, and a folder for what is remembered of it. */
const serve = async (answer: Answer): Promise<Scene> => {
  const asked: Scene['asked'] = []
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', tag: request.headers['if-none-match'] })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await temporaryFolder()
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/m/`), memory: folder.path, asked, close,
    [Symbol.asyncDispose]: async () => {
      await close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const serveFiles = (files: ReadonlyMap<string, Uint8Array>, headers: Readonly<Record<string, string>> = {}): Promise<Scene> =>
  serve(({ url = '', headers: { 'if-none-match': tag } }, response) => {
    const bytes = files.get(url)
    if (bytes === undefined) response.writeHead(404).end()
    else if (tag !== undefined && tag === headers['etag']) response.writeHead(304).end()
    else response.writeHead(200, headers).end(bytes)
  })

describeForeignSource('a source on the web', async (index, archives) => {
  const files = new Map<string, Uint8Array>(index === undefined ? [] : [['/m/index.json', index]])
  for (const bytes of archives.values()) files.set('/m/a-pack-1.0.0.tar.gz', bytes)
  const scene = await serveFiles(files)
  return { source: webSource(scene.url, openIndexMemory(scene.memory)), [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
})

describe('an index on the web', () => {
  const never = new AbortController().signal
  const INDEX = new Map([['/m/index.json', indexOf(ARCHIVE)]])

  it('is not sent again when it has not changed, and is as it was while nobody answers', async () => {
    await using scene = await serveFiles(INDEX, { etag: '"one"' })
    const source = webSource(scene.url, openIndexMemory(scene.memory))
    const first = await source.readIndex(never)
    const second = await source.readIndex(never)
    assert.deepEqual([second.bytes, second.asOf, scene.asked.map(({ tag }) => tag)], [first.bytes, undefined, [undefined, '"one"']])
    await scene.close()
    const away = await source.readIndex(never)
    assert.deepEqual(away.bytes, first.bytes)
    assert.ok((away.asOf ?? 0) > 0 && isGgenError(away.because, 'peer-unreachable'))
  })

  it('is read anew when what was remembered is damaged', async () => {
    await using scene = await serveFiles(INDEX, { etag: '"one"' })
    const source = webSource(scene.url, openIndexMemory(scene.memory))
    await source.readIndex(never)
    for (const file of await readdir(scene.memory)) await writeFile(join(scene.memory, file), 'no first line')
    assert.deepEqual(Buffer.from((await source.readIndex(never)).bytes), indexOf(ARCHIVE))
    for (const file of await readdir(scene.memory)) await rm(join(scene.memory, file))
    await scene.close()
    await assert.rejects(source.readIndex(never), (error) => isGgenError(error, 'peer-unreachable'))
  })

  it('is looked for below the address, in the places where registries have it', async () => {
    await using scene = await serveFiles(new Map([['/m/marketplace/registry/index.json', indexOf(ARCHIVE)]]))
    const { bytes, at } = await webSource(scene.url, openIndexMemory(scene.memory)).readIndex(never)
    assert.equal(at.pathname, '/m/marketplace/registry/index.json')
    assert.equal(readIndex(bytes, at).packages[0]?.versions[0]?.address, new URL('marketplace/registry/a-pack-1.0.0.tar.gz', scene.url).href)
  })

  it('is asked for three times where the server fails, and once where it refuses', async () => {
    await using failing = await serve((_, response) => response.writeHead(503).end())
    const source = webSource(new URL('index.json', failing.url), openIndexMemory(failing.memory))
    await assert.rejects(source.readIndex(never), (error) => isGgenError(error, 'peer-unreachable'))
    assert.equal(failing.asked.length, FOREIGN_LIMITS.tries)
    await using refusing = await serve((_, response) => response.writeHead(403).end())
    await assert.rejects(webSource(refusing.url, openIndexMemory(refusing.memory)).readIndex(never), (error) => isGgenError(error, 'denied'))
    assert.equal(refusing.asked.length, 1)
  })

  it('is remembered, and recalled without asking', async () => {
    await using scene = await serveFiles(new Map([['/m/registry/index.json', indexOf(ARCHIVE)]]))
    const source = webSource(scene.url, openIndexMemory(scene.memory))
    assert.equal(await source.recall(), undefined)
    const { bytes, at } = await source.readIndex(never)
    const asked = scene.asked.length
    const recalled = await source.recall()
    assert.deepEqual([recalled?.bytes, recalled?.at, scene.asked.length], [bytes, at, asked])
    assert.ok((recalled?.asOf ?? 0) > 0)
  })

  it('is not read without end, and a body that breaks off is no index', async () => {
    await using endless = await serve((_, response) => {
      const pour = (): void => { while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, 32))) { /* until it is full */ } }
      response.on('drain', pour)
      pour()
    })
    await assert.rejects(webSource(endless.url, openIndexMemory(endless.memory)).readIndex(never), (error) => isGgenError(error, 'index-invalid'))
    await using broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{', () => response.destroy())
    })
    await assert.rejects(webSource(broken.url, openIndexMemory(broken.memory)).readIndex(never), (error) => isGgenError(error, 'peer-unreachable'))
  })
})

describe('what is got over the web', () => {
  const never = new AbortController().signal
  const bytesOf = async (url: URL): Promise<string> => {
    const parts: Uint8Array[] = []
    for await (const part of (await getOverWeb(url, { missing: 'blob-not-found' }, never)).body) parts.push(part)
    return digestOf(Buffer.concat(parts))
  }

  it('follows redirects, a few of them, and no way to somewhere else', async () => {
    const places = new Map([['/m/a', '/m/b'], ['/m/loop', '/m/loop'], ['/m/file', 'file:///etc/passwd'], ['/m/secret', 'http://me:x@127.0.0.1/']])
    await using scene = await serve(({ url = '' }, response) => {
      const location = places.get(url)
      if (location === undefined) response.end(ARCHIVE)
      else response.writeHead(302, { location }).end()
    })
    assert.equal(await bytesOf(new URL('a', scene.url)), digestOf(ARCHIVE))
    await assert.rejects(bytesOf(new URL('loop', scene.url)), /redirects too often/)
    for (const path of ['file', 'secret']) await assert.rejects(bytesOf(new URL(path, scene.url)), (error) => isGgenError(error, 'denied'))
  })

  it('keeps bytes as they are, whatever encoding the server says they have', async () => {
    await using scene = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(ARCHIVE))
    assert.equal(await bytesOf(scene.url), digestOf(ARCHIVE))
  })
})
