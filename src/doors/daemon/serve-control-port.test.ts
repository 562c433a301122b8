import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { Events, isGgenError } from '#core'
import { memoryHub } from '#network'
import type { Marketplace } from '#marketplace'
import { temporaryFolder, TestClock } from '#testing'
import { type ControlOptions, serveControl } from './serve-control.ts'

const never = new AbortController().signal
const network = memoryHub({ clock: new TestClock() }).join()
const nothing = (): Promise<void> => Promise.resolve()
const limits: ControlOptions['limits'] = { limits: () => ({}), rates: () => ({ up: 0, down: 7 }), change: nothing, reset: nothing }

test('a node answers on a TCP port too where that is wanted, to who knows the token, and closes it at its end', async () => {
  await using folder = await temporaryFolder()
  const parts = { marketplace: {} as Marketplace, network, limits, events: new Events(), version: '1.2.3', stop: () => undefined, signal: never }
  const tokenPath = join(folder.path, 'control.token')
  const door = await serveControl({ ...parts, socketPath: join(folder.path, 's'), tcp: { port: 0, tokenPath } })
  const port = door.tcpPort
  assert.ok(port !== undefined && port > 0)
  const token = (await readFile(tokenPath, 'utf8')).trim()
  const ask = async (authorization: string): Promise<number | undefined> => {
    const asked = request({ host: '127.0.0.1', port, path: '/v1/health', agent: false, headers: { authorization } })
    asked.end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    return answer.statusCode
  }
  assert.deepEqual([await ask(`Bearer ${token}`), await ask('Bearer x')], [200, 401])
  await assert.rejects(
    serveControl({ ...parts, socketPath: join(folder.path, 's'), tcp: { port: 0, tokenPath } }),
    (error) => isGgenError(error, 'daemon-already-running'),
  )
  await door[Symbol.asyncDispose]()
  await assert.rejects(ask(`Bearer ${token}`), { code: 'ECONNREFUSED' })
})
