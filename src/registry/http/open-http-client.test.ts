import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { isGgenError } from '#core'
import { memoryRegistry, RegistryServer, TestAuthority, TestClock } from '#testing'
import { openHttpClient } from './open-http-client.ts'

const going = (): AbortSignal => new AbortController().signal
const health = { method: 'GET', path: 'v1/health' } as const

const serverOf = async (context: TestContext): Promise<RegistryServer> => {
  const server = await RegistryServer.start(memoryRegistry(new TestClock()))
  context.after(() => server[Symbol.asyncDispose]())
  return server
}

suite('A client of one server', () => {
  test('asks below the address that it was given', async (context) => {
    const server = await serverOf(context)
    for (const base of [server.url, `${server.url}/`, `${server.url}/ggen`]) {
      using http = openHttpClient({ base })
      const answer = await http.ask({ method: 'GET', path: 'v1/packages/%40scope%2Ftool?x=1' }, going())
      answer.cancel()
    }
    assert.deepEqual(server.asked, ['/', '/', '/ggen/'].map((root) => `GET ${root}v1/packages/%40scope%2Ftool?x=1`))
  })

  test('follows redirects inside a server, a few', async (context) => {
    const server = await serverOf(context)
    using http = openHttpClient({ base: server.url, token: 'secret' })
    server.mischief = ({ url }, response) => {
      if (url !== '/moved') return false
      response.writeHead(308, { location: '/v1/health' }).end()
      return true
    }
    const answer = await http.ask({ method: 'GET', path: 'moved' }, going())
    assert.equal(answer.status, 200)
    answer.cancel()
    server.mischief = (_request, response) => {
      response.writeHead(302, { location: '/again' }).end()
      return true
    }
    await assert.rejects(http.ask(health, going()), (error) => isGgenError(error, 'registry-failed'))
  })

  test('unpacks what was packed on the way, and says that it broke off', async (context) => {
    const server = await serverOf(context)
    using http = openHttpClient({ base: server.url })
    const packed = gzipSync('x'.repeat(100_000))
    for (const [bytes, isWhole] of [[packed, true], [packed.subarray(0, 50), false]] as const) {
      server.mischief = (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes)
        return true
      }
      const read = http.ask(health, going()).then(({ body }) => Array.fromAsync(body))
      if (isWhole) assert.equal(Buffer.concat(await read).length, 100_000)
      else await assert.rejects(read, (error) => isGgenError(error, 'registry-unreachable'))
    }
  })

  test('asks over a new connection when the one that rested was closed just then', async (context) => {
    const server = await serverOf(context)
    using http = openHttpClient({ base: server.url })
    await Array.fromAsync((await http.ask(health, going())).body)
    let resets = 0
    server.mischief = ({ socket }) => {
      resets += 1
      if (resets === 1) socket.resetAndDestroy()
      return resets === 1
    }
    assert.equal(Buffer.concat(await Array.fromAsync((await http.ask(health, going())).body)).length > 0, true)
    assert.equal(resets, 2)
  })

  test('says of a server that breaks off in the middle that it cannot be reached', async (context) => {
    const server = await serverOf(context)
    using http = openHttpClient({ base: server.url })
    server.mischief = ({ socket }, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => socket.resetAndDestroy())
      return true
    }
    const { body } = await http.ask(health, going())
    await assert.rejects(Array.fromAsync(body), (error) => isGgenError(error, 'registry-unreachable'))
  })

  test('leaves with the reason of whoever leaves', async (context) => {
    const server = await serverOf(context)
    using http = openHttpClient({ base: server.url })
    const leaving = new AbortController()
    server.mischief = () => {
      leaving.abort(new Error('enough'))
      return true
    }
    await assert.rejects(http.ask(health, leaving.signal), /enough/)
  })

  test('tells a wrong certificate from a server that is gone', async (context) => {
    const authority = new TestAuthority()
    const certificates = [authority.issue('localhost', { expired: true }), authority.issue('elsewhere.example'), new TestAuthority().issue('localhost')]
    for (const tls of certificates) {
      const server = await RegistryServer.start({ ...memoryRegistry(new TestClock()), tls })
      context.after(() => server[Symbol.asyncDispose]())
      using http = openHttpClient({ base: server.url.replace('127.0.0.1', 'localhost'), ca: authority.cert })
      await assert.rejects(http.ask(health, going()), (error) => isGgenError(error, 'registry-untrusted'))
    }
    const gone = await serverOf(context)
    await gone[Symbol.asyncDispose]()
    using http = openHttpClient({ base: gone.url })
    await assert.rejects(http.ask(health, going()), (error) => isGgenError(error, 'registry-unreachable'))
  })
})
