import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { brokenRequestAnswer, codeError, refuse } from './reply-error.ts'

describe('codeError', () => {
  it('keeps coded errors, makes usage of what the asker did wrong, and internal of the rest', () => {
    const coded = new GgenError('too-busy', 'later')
    assert.equal(codeError(coded), coded)
    assert.equal(codeError(Object.assign(new Error('too long'), { statusCode: 413 })).code, 'usage')
    assert.equal(codeError(Object.assign(new Error('odd'), { statusCode: 503 })).code, 'internal')
    assert.equal(codeError(new TypeError('x is undefined')).code, 'internal')
    assert.equal(codeError(new DOMException('gone', 'AbortError')).code, 'cancelled')
    assert.equal(codeError('text').code, 'internal')
  })
})

describe('refuse', () => {
  it('answers with the coded error and its status, and hangs up', async () => {
    const server = createServer((_request, response) => refuse(new GgenError('token-missing', 'no token'), response))
    server.listen({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    const asked = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const { error } = JSON.parse(Buffer.concat(await answer.toArray()).toString()) as { error: { code: string } }
    const { connection, 'www-authenticate': scheme } = answer.headers
    assert.deepEqual([answer.statusCode, error.code, connection, scheme], [401, 'token-missing', 'close', 'Bearer'])
    server.close()
    await once(server, 'close')
  })
})

describe('brokenRequestAnswer', () => {
  it('is a whole HTTP answer with a coded error', () => {
    const [head, body] = brokenRequestAnswer().split('\r\n\r\n')
    assert.match(head ?? '', /^HTTP\/1\.1 400 /)
    assert.ok(head?.includes(`content-length: ${Buffer.byteLength(body ?? '')}`))
    assert.equal((JSON.parse(body ?? '') as { error: { code: string } }).error.code, 'usage')
  })
})
