import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { isGgenError, parsePackageName } from '#core'
import { openHttpClient } from '#registry/http'
import { type MemoryRegistry, memoryRegistry, realClock, RegistryServer, TestAuthority, TestClock } from '#testing'
import { CentralRegistry } from './central-registry.ts'
import { HURRIED, PATIENT } from './next-try.ts'
import { registryConformance } from './registry.conformance.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

interface Scene extends MemoryRegistry {
  readonly server: RegistryServer
  readonly central: CentralRegistry
}

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')

const clientOf = (context: TestContext, base: string, more: { token?: string; ca?: string; clock?: TestClock } = {}): CentralRegistry => {
  const { clock = realClock, ...how } = more
  const http = openHttpClient({ base, ...how })
  context.after(() => http[Symbol.dispose]())
  return new CentralRegistry({ http, clock, name: 'central', isPrivate: false })
}

const open = async (context: TestContext, token?: string): Promise<Scene> => {
  const memory = memoryRegistry(new TestClock())
  const server = await RegistryServer.start({ ...memory, ...(token !== undefined && { token }) })
  context.after(() => server[Symbol.asyncDispose]())
  return { ...memory, server, central: clientOf(context, server.url, token === undefined ? {} : { token }) }
}

registryConformance('a server over HTTP', async (context) => ({ registry: (await open(context)).central }))

suite('A client of a central registry', () => {
  test('asks with the tag that it was given, and takes what it has when nothing changed', async (context) => {
    const { central, server } = await open(context)
    const alice = new SamplePublisher('alice')
    await central.publish(alice.publish('tool', '1.0.0'), going())
    const first = await central.find(tool, going())
    const tags: unknown[] = []
    server.mischief = (request) => {
      tags.push(request.headers['if-none-match'])
      return false
    }
    assert.deepEqual(await central.find(tool, going()), first)
    assert.equal(typeof tags[0], 'string')
    await central.publish(alice.publish('tool', '1.1.0'), going())
    assert.equal((await central.find(tool, going())).envelopes.length, 3)
  })

  test('needs one connection for questions that follow each other', async (context) => {
    const { central, server } = await open(context)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    await central.publish(publication, going())
    const ports = new Set<unknown>()
    server.mischief = (request) => {
      ports.add(request.socket.remotePort)
      return false
    }
    for (let round = 0; round < 3; round++) {
      await central.find(tool, going())
      await Array.fromAsync(central.open(publication.archive, { offset: 0, length: publication.archive.sizeBytes }, going()))
      await Array.fromAsync(central.open(publication.archive, { offset: 1, length: 3 }, going()))
    }
    assert.equal(ports.size, 1)
  })

  test('gives its token, and says what is missing where it has none', async (context) => {
    const { central, server } = await open(context, 'secret')
    await central.publish(new SamplePublisher('alice').publish('tool', '1.0.0'), going())
    const stranger = clientOf(context, server.url)
    await assert.rejects(stranger.publish(new SamplePublisher('bob').publish('tool', '2.0.0'), going()), (error) => {
      assert.ok(isGgenError(error, 'token-missing'))
      assert.match(error.hint, /GGEN_REGISTRY_TOKEN/)
      return true
    })
  })

  test('never follows a server to another host, and does not send it the token', async (context) => {
    const { server, central } = await open(context, 'secret')
    const elsewhere = await open(context)
    server.mischief = (_request, response) => {
      response.writeHead(302, { location: `${elsewhere.server.url}/v1/health` }).end()
      return true
    }
    await assert.rejects(central.status(going()), (error) => isGgenError(error, 'registry-failed'))
    assert.deepEqual(elsewhere.server.asked, [])
  })

  test('tells what no server of ours answers from an answer', async (context) => {
    const { server, central } = await open(context)
    for (const status of [404, 500, 503, 418]) {
      server.mischief = (_request, response) => {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>somebody else</h1>')
        return true
      }
      await assert.rejects(central.find(tool, going()), (error) => isGgenError(error, 'registry-failed'), String(status))
    }
    for (const text of ['', '[]', '{"records":[1]}', '{"records":["="]}', 'not json']) {
      server.mischief = (_request, response) => {
        response.writeHead(200).end(text)
        return true
      }
      await assert.rejects(central.find(tool, going()), (error) => isGgenError(error, 'registry-failed'), text)
    }
  })

  test('asks nobody twice who answers with an error of its own', async (context) => {
    const { server, central } = await open(context)
    server.mischief = (_request, response) => {
      response.writeHead(500).end()
      return true
    }
    await assert.rejects(central.find(tool, going()))
    assert.equal(server.asked.length, 1)
  })

  test('takes no more than it can bear', async (context) => {
    const { server, central } = await open(context)
    server.mischief = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        if (!response.destroyed) response.write('"'.padEnd(1024 * 1024, ' '), more)
      }
      more()
      return true
    }
    await assert.rejects(central.find(tool, going()), (error) => isGgenError(error, 'registry-failed'))
  })

  test('says that a range is not the one that was asked for, and that bytes are missing', async (context) => {
    const { server, central } = await open(context)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    await central.publish(publication, going())
    const read = (): Promise<unknown> => Array.fromAsync(central.open(publication.archive, { offset: 2, length: 4 }, going()))
    for (const [status, head, bytes] of [[206, { 'content-range': 'bytes 0-3/10' }, 'tool'], [200, {}, 'tool'], [206, {}, 'ol 1']] as const) {
      server.mischief = (_request, response) => {
        response.writeHead(status, head).end(bytes)
        return true
      }
      await assert.rejects(read(), (error) => isGgenError(error, 'registry-failed'))
    }
    server.mischief = (_request, response) => {
      response.writeHead(200).end('tool 1.0.0')
      return true
    }
    assert.equal(Buffer.concat(await read() as Uint8Array[]).toString(), 'ol 1', 'who knows no ranges gives all')
  })
})

suite('A server that cannot be asked', () => {
  const silent = async (context: TestContext): Promise<{ readonly url: string; readonly connections: () => number }> => {
    let count = 0
    const server: Server = createServer(() => {
      count += 1
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    context.after(() => server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => count }
  }

  test('is left after the time of somebody in a hurry, by whoever can ask others', async (context) => {
    const { url } = await silent(context)
    const clock = new TestClock()
    const hurried = clientOf(context, url, { clock }).hurried()
    const question = hurried.find(tool, going())
    const ended = assert.rejects(question, (error) => isGgenError(error, 'timeout'))
    clock.advance(HURRIED.firstByteMs)
    await ended
  })

  test('is asked three times, with pauses, by whoever can ask nobody else', async (context) => {
    const { url, connections } = await silent(context)
    const clock = new TestClock()
    const question = clientOf(context, url, { clock }).find(tool, going())
    let isOver = false
    const ended = assert.rejects(question, (error) => isGgenError(error, 'timeout')).then(() => {
      isOver = true
    })
    const began = clock.monotonic()
    while (!isOver) {
      clock.advance(50)
      await new Promise(setImmediate)
    }
    await ended
    assert.ok(clock.monotonic() - began >= PATIENT.tries * PATIENT.firstByteMs)
    assert.ok(connections() <= PATIENT.tries)
  })

  test('costs nothing where nobody listens', async (context) => {
    const gone = await RegistryServer.start(memoryRegistry(new TestClock()))
    await gone[Symbol.asyncDispose]()
    await assert.rejects(clientOf(context, gone.url).find(tool, going()), (error) => isGgenError(error, 'registry-unreachable'))
  })

  test('is told apart when its certificate proves nothing, and believed when it does', async (context) => {
    const authority = new TestAuthority()
    const memory = memoryRegistry(new TestClock())
    const server = await RegistryServer.start({ ...memory, tls: authority.issue('localhost') })
    context.after(() => server[Symbol.asyncDispose]())
    const url = server.url.replace('127.0.0.1', 'localhost')
    await assert.rejects(clientOf(context, url).status(going()), (error) => isGgenError(error, 'registry-untrusted'))
    assert.deepEqual(server.asked, [], 'nothing is said to somebody who cannot prove who it is')
    assert.equal((await clientOf(context, url, { ca: authority.cert }).status(going())).ops, 0)
  })
})
