import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlClient } from '#doors/control'
import { inTurns, startNode, temporaryFolder } from '#testing'

const never = new AbortController().signal

/** TCP ports on which a process listens. */
const portsOf = (pid: number): readonly number[] => {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]))
  const rows = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'latin1').trim().split('\n').slice(1))
  const listening = rows.map((row) => row.trim().split(/\s+/)).filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(inode))
  return [...new Set(listening.map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)))]
}

interface Attempt {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const HOSTS = ['127.0.0.1', 'localhost', 'evil.example', '169.254.169.254', '[::1]']
const ORIGINS = ['https://evil.example', 'http://127.0.0.1', 'null', '']
const TYPES = ['application/json', 'text/plain']

/** What a page, or one whose name was bound anew to this machine, can make a browser send. */
const ATTEMPTS: readonly Attempt[] = HOSTS.flatMap((host) => ORIGINS.flatMap((origin) => TYPES.map((type, index) => ({
  method: index === 0 ? 'POST' : 'GET',
  path: index === 0 ? '/v1/stop' : '/v1/status',
  headers: { host, ...(origin !== '' && { origin }), 'content-type': type, 'sec-fetch-site': 'cross-site' },
  ...(index === 0 && { body: '{}' }),
}))))

type Where = { readonly socketPath: string } | { readonly port: number; readonly tls: boolean }

/** The status of the answer; 0 where there is none that is HTTP. */
const send = (where: Where, { method, path, headers, body = '' }: Attempt): Promise<number> =>
  new Promise((resolve) => {
    const options = { method, path, headers: { ...headers, 'content-length': String(body.length) }, timeout: 3000, agent: false as const }
    const asked = 'socketPath' in where
      ? request({ ...options, ...where })
      : (where.tls ? requestTls : request)({ ...options, host: '127.0.0.1', port: where.port, rejectUnauthorized: false })
    asked.on('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer'))).on('error', () => resolve(0)).end(body)
  })

test(`a page in a browser finds no door: ${ATTEMPTS.length} requests at every port of a node, and the control socket is none of them`, {
  skip: process.platform !== 'linux' && 'only Linux says on which ports a process listens',
}, async (t) => {
  await using work = await temporaryFolder()
  await using node = await startNode({ home: join(work.path, 'home') })
  const ports = portsOf(node.pid)
  assert.ok(ports.length > 0, 'it listens for peers')
  const targets = ports.flatMap((port) => [{ port, tls: false }, { port, tls: true }])
  const all = targets.flatMap((target) => ATTEMPTS.map((attempt) => ({ target, attempt })))
  const statuses = await inTurns(all, 16, ({ target, attempt }) => send(target, attempt))
  assert.deepEqual(statuses.filter((status) => status >= 200 && status < 400), [])

  const socketPath = join(node.home, 'ggen.sock')
  const stats = await lstat(socketPath)
  assert.deepEqual([stats.isSocket(), stats.mode & 0o777, (await lstat(node.home)).mode & 0o777], [true, 0o600, 0o700])
  // What a user's own command sends, over the one door there is.
  assert.equal(await send({ socketPath }, { method: 'GET', path: '/v1/status', headers: { host: 'ggen' } }), 200)
  assert.equal((await controlClient(socketPath).status(never)).peerId, node.peerId, 'it was not stopped')
  t.diagnostic(`${ports.length} ports, ${statuses.length} requests: 0 let in; the control socket is a file of its user alone`)
})
