import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isGgenError } from '#core'
import type { HttpQuestion } from '#registry'
import { ConnectProxy, memoryRegistry, RegistryServer, type RegistryServerOptions, TestAuthority, TestClock } from '#testing'
import { type HttpOptions, openHttpClient } from './open-http-client.ts'

const going = (): AbortSignal => new AbortController().signal
const thing = { method: 'GET', path: 'thing' } as const
const authority = new TestAuthority()
const secure = { tls: authority.issue('localhost') }

/** A server that answers everything with 200, and the heads of what it was asked. */
const upstreamOf = async (
  context: TestContext, options: Pick<RegistryServerOptions, 'tls'> = {},
): Promise<{ readonly server: RegistryServer; readonly url: string; readonly heads: readonly IncomingHttpHeaders[] }> => {
  const server = await RegistryServer.start({ ...memoryRegistry(new TestClock()), ...options })
  context.after(() => server[Symbol.asyncDispose]())
  const heads: IncomingHttpHeaders[] = []
  server.mischief = ({ headers }, response) => {
    heads.push(headers)
    response.end('here')
    return true
  }
  return { server, url: server.url.replace('127.0.0.1', 'localhost'), heads }
}

/** A server that sends whoever asks to another place. */
const sendingTo = async (context: TestContext, place: string, options: Pick<RegistryServerOptions, 'tls'> = {}): Promise<string> => {
  const { server, url } = await upstreamOf(context, options)
  server.mischief = (_request, response) => {
    response.writeHead(302, { location: place }).end()
    return true
  }
  return url
}

const ask = async (options: HttpOptions, question: HttpQuestion = thing): Promise<string> => {
  using http = openHttpClient(options)
  const { body } = await http.ask(question, going())
  return Buffer.concat(await Array.fromAsync(body)).toString()
}

suite('A client of an npm registry', () => {
  test('says what it was told to say, and takes things away', async (context) => {
    const { server, url, heads } = await upstreamOf(context)
    await ask({ base: url, authorization: 'Basic abc', userAgent: 'npm/11.0.0' }, { method: 'DELETE', path: '-/package/tool/dist-tags/next' })
    assert.deepEqual(server.asked, ['DELETE /-/package/tool/dist-tags/next'])
    assert.deepEqual([heads[0]?.authorization, heads[0]?.['user-agent']], ['Basic abc', 'npm/11.0.0'])
  })

  test('hands over what was packed on the way as it is', async (context) => {
    const { server, url } = await upstreamOf(context)
    const packed = gzipSync('document')
    server.mischief = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
      return true
    }
    using http = openHttpClient({ base: url })
    const { header, body } = await http.ask({ ...thing, keepsEncoding: true }, going())
    assert.equal(header('content-encoding'), 'gzip')
    assert.equal(gunzipSync(Buffer.concat(await Array.fromAsync(body))).toString(), 'document')
  })

  test('follows elsewhere over https only, and tells nobody there who asks', async (context) => {
    const { url, heads } = await upstreamOf(context, secure)
    const plain = await upstreamOf(context)
    const own = authority.issue('client')
    const told = { base: await sendingTo(context, url.replace('://', '://name:word@')), ca: authority.cert, ...own, authorization: 'Bearer secret' }
    const headers = { 'accept': 'text/plain', 'npm-otp': '123456', 'cookie': 'a=b', 'range': 'bytes=0-' }
    assert.equal(await ask({ ...told, followsElsewhere: true }, { ...thing, headers }), 'here')
    const { accept, authorization, cookie, range, 'npm-otp': password } = heads[0] ?? {}
    assert.deepEqual([accept, range, authorization, cookie, password], ['text/plain', 'bytes=0-', undefined, undefined, undefined])
    const back = await sendingTo(context, await sendingTo(context, url, secure), secure)
    assert.equal(await ask({ ...told, base: back, followsElsewhere: true }), 'here')
    const down = await sendingTo(context, plain.url, secure)
    const refused = (error: unknown): boolean => isGgenError(error, 'registry-failed')
    await assert.rejects(ask({ ...told, base: down, followsElsewhere: true }), refused)
    await assert.rejects(ask({ ...told, base: await sendingTo(context, plain.url), followsElsewhere: true }), refused)
    await assert.rejects(ask(told), refused)
    await assert.rejects(ask({ ...told, followsElsewhere: true }, { ...thing, method: 'DELETE' }), refused)
    assert.equal(plain.heads.length, 0)
  })

  test('asks a server that sent elsewhere and is sent back to as a stranger', async (context) => {
    const home = await upstreamOf(context, secure)
    const other = await sendingTo(context, `${home.url}/back`, secure)
    home.server.mischief = ({ url, headers }, response) => {
      if (url === '/back') response.end(`as ${headers.authorization ?? 'a stranger'}`)
      else response.writeHead(302, { location: other }).end()
      return true
    }
    assert.equal(await ask({ base: home.url, ca: authority.cert, token: 'secret', followsElsewhere: true }), 'as a stranger')
  })

  test('proves who it is with a certificate where it is at home', async (context) => {
    const options: ServerOptions = { ...authority.issue('localhost'), ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    const server = createServer(options, (_request, response) => void response.end('welcome'))
    await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve))
    context.after(() => {
      server.closeAllConnections()
      server.close()
    })
    const base = `https://localhost:${(server.address() as AddressInfo).port}`
    const { key, cert } = authority.issue('client')
    assert.equal(await ask({ base, ca: [new TestAuthority('another').cert, authority.cert], key, cert }), 'welcome')
    await assert.rejects(ask({ base, ca: authority.cert }))
    const from = await sendingTo(context, base)
    await assert.rejects(ask({ base: from, ca: authority.cert, key, cert, followsElsewhere: true }))
  })

  test('takes any certificate where nobody need prove anything', async (context) => {
    const { url } = await upstreamOf(context, { tls: new TestAuthority().issue('elsewhere.example', { expired: true }) })
    await assert.rejects(ask({ base: url }), (error) => isGgenError(error, 'registry-untrusted'))
    assert.equal(await ask({ base: url, rejectUnauthorized: false }), 'here')
  })

  test('goes through a proxy: plainly, in a tunnel that is used again, and elsewhere', async (context) => {
    await using proxy = await ConnectProxy.start()
    const plain = await upstreamOf(context)
    const tunnelled = await upstreamOf(context, secure)
    assert.equal(await ask({ base: plain.url, proxy: proxy.url }), 'here')
    assert.equal(plain.heads[0]?.['proxy-authorization'], undefined)
    const host = new URL(tunnelled.url).host
    {
      using http = openHttpClient({ base: tunnelled.url, proxy: proxy.url, ca: authority.cert, connections: 1 })
      for (let round = 0; round < 2; round += 1) await Array.fromAsync((await http.ask(thing, going())).body)
    }
    assert.deepEqual(proxy.asked, [`GET ${plain.url}/thing`, `CONNECT ${host}`])
    assert.equal(tunnelled.heads[0]?.['proxy-authorization'], undefined)
    const from = await sendingTo(context, tunnelled.url)
    assert.equal(await ask({ base: from, proxy: proxy.url, ca: authority.cert, followsElsewhere: true }), 'here')
    assert.deepEqual(proxy.asked.slice(2), [`GET ${from}/thing`, `CONNECT ${host}`])
  })

  test('tells what went wrong on the way through a proxy', async (context) => {
    await using proxy = await ConnectProxy.start()
    const { url } = await upstreamOf(context, secure)
    const unreachable = (error: unknown): boolean => isGgenError(error, 'registry-unreachable')
    await assert.rejects(ask({ base: url, proxy: proxy.url.replace('secret', 'guess'), ca: authority.cert }), unreachable)
    await assert.rejects(ask({ base: url, proxy: proxy.url }), (error) => isGgenError(error, 'registry-untrusted'))
    await proxy[Symbol.asyncDispose]()
    await assert.rejects(ask({ base: url, proxy: proxy.url, ca: authority.cert }), unreachable)
  })
})
