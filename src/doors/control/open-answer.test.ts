import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chownSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSocket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ErrorCode, ERRORS, GgenError, isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { askJson, askStream, isRecord, openAnswer, type Question, reviveError, unknownForm } from './open-answer.ts'

const never = new AbortController().signal

/** Runs `work` against a server that answers every request with `listener`. */
const against = async (listener: RequestListener, work: (question: Question) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const server = createServer(listener).listen(socketPath)
  await once(server, 'listening')
  try {
    await work({ socketPath, method: 'GET', path: '/', signal: never })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const rejectsWith = (promise: Promise<unknown>, code: ErrorCode): Promise<void> =>
  assert.rejects(promise, (error) => isGgenError(error, code), `expected ${code}`)

describe('asking a node', () => {
  it('says daemon-not-running when there is no socket, or nobody behind it', async () => {
    await using folder = await temporaryFolder()
    const socketPath = join(folder.path, 's')
    const question: Question = { socketPath, method: 'GET', path: '/', signal: never }
    await rejectsWith(askJson(question), 'daemon-not-running')
    const abandoned = createSocket().listen(socketPath)
    await once(abandoned, 'listening')
    const link = join(folder.path, 'stale')
    const { linkSync } = await import('node:fs')
    linkSync(socketPath, link)
    abandoned.close()
    await rejectsWith(askJson({ ...question, socketPath: link }), 'daemon-not-running')
  })

  it('sends JSON and reads JSON', async () => {
    const echo: RequestListener = (request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => response.end(JSON.stringify({ body, type: request.headers['content-type'] })))
    }
    await against(echo, async (question) => {
      assert.deepEqual(await askJson({ ...question, method: 'POST', body: { a: 'ä' } }), { body: '{"a":"ä"}', type: 'application/json' })
    })
  })

  it('throws what the node threw', async () => {
    const thrown = new GgenError('name-contested', 'two publishers', { hint: 'choose', details: { identities: ['a', 'b'] } })
    await against((_request, response) => response.writeHead(409).end(JSON.stringify({ error: thrown })), async (question) => {
      await assert.rejects(askJson(question), (error) => {
        assert.ok(error instanceof GgenError)
        assert.deepEqual(error.toJSON(), thrown.toJSON())
        return true
      })
    })
  })

  it('does not believe answers of an unknown form', async () => {
    await against((_request, response) => response.end('<html>'), (question) => rejectsWith(askJson(question), 'internal'))
    await against((_request, response) => response.writeHead(500).end('{}'), (question) => rejectsWith(askJson(question), 'internal'))
    await against((_request, response) => response.writeHead(404).end('nothing'), (question) => rejectsWith(askJson(question), 'internal'))
    await against((_request, response) => response.end(Buffer.alloc(17 * 1024 * 1024, ' ')), (question) => rejectsWith(askJson(question), 'internal'))
    assert.equal(unknownForm('nothing').code, 'internal')
  })

  it('says daemon-not-running when the node goes away half-way', async () => {
    await against((request) => request.socket.destroy(), (question) => rejectsWith(openAnswer(question), 'daemon-not-running'))
    const half: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => request.socket.destroy())
    }
    await against(half, (question) => rejectsWith(askJson(question), 'daemon-not-running'))
    await against(half, (question) => rejectsWith(Array.fromAsync(askStream(question)), 'daemon-not-running'))
  })

  it('ends with the reason of its signal, before and during the answer', async () => {
    const reason = new GgenError('timeout', 'nothing within 3 s')
    await against(() => undefined, (question) => rejectsWith(askJson({ ...question, signal: AbortSignal.abort(reason) }), 'timeout'))
    const controller = new AbortController()
    await against(() => controller.abort(reason), (question) => rejectsWith(askJson({ ...question, signal: controller.signal }), 'timeout'))
    const later = new AbortController()
    const half: RequestListener = (_request, response) => response.writeHead(200).write('half', () => later.abort(reason))
    await against(half, (question) => rejectsWith(askJson({ ...question, signal: later.signal }), 'timeout'))
  })

  it('closes the connection when nobody reads on', async () => {
    const closed = Promise.withResolvers<boolean>()
    const endless: RequestListener = (_request, response) => {
      response.on('close', () => closed.resolve(true))
      response.write('piece')
    }
    await against(endless, async (question) => {
      for await (const piece of askStream(question)) {
        assert.equal(Buffer.from(piece).toString(), 'piece')
        break
      }
      assert.ok(await closed.promise)
    })
  })

  it('does not talk to a socket of somebody else', { skip: process.getuid?.() !== 0 && 'only root can give a file away' }, async () => {
    await against((_request, response) => response.end('{}'), async (question) => {
      chownSync(question.socketPath, 12_345, 12_345)
      await rejectsWith(askJson(question), 'denied')
    })
  })
})

describe('reviveError', () => {
  it('revives every code of the catalogue', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = new GgenError(code, 'why')
      assert.deepEqual(reviveError(JSON.parse(JSON.stringify({ error }))).toJSON(), error.toJSON())
    }
  })

  it('makes a coded error of anything', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => assert.ok(reviveError(body) instanceof GgenError)))
    for (const body of [{ error: { code: 'constructor', message: 'x' } }, { error: [] }, undefined]) assert.equal(reviveError(body).code, 'internal')
    assert.ok(isRecord({}) && !isRecord([]) && !isRecord(undefined))
  })
})
