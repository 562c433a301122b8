import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlClient } from '#doors/control'
import { freePort, inTurns, startNode, temporaryFolder } from '#testing'

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

interface Answer {
  /** 0 where there is no answer that is HTTP. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

const send = async (where: Where, attempt: Attempt): Promise<number> => (await ask(where, attempt)).status

const ask = (where: Where, { method, path, headers, body = '' }: Attempt): Promise<Answer> =>
  new Promise((resolve) => {
    const options = { method, path, headers: { ...headers, 'content-length': String(body.length) }, timeout: 3000, agent: false as const }
    const asked = 'socketPath' in where
      ? request({ ...options, ...where })
      : (where.tls ? requestTls : request)({ ...options, host: '127.0.0.1', port: where.port, rejectUnauthorized: false })
    asked.on('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer'))).on('error', () => resolve({ status: 0, headers: {} })).end(body)
  })

// The bulk channel looks at neither Host nor Origin: it reads a question only from who shows the certificate of a peer, which no browser has, and answers
// only with a ticket in a header of its own, which no page may send without asking first. Without a certificate it hangs up: status 0 below.
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

interface Combination {
  readonly host: string
  readonly origin: string | undefined
  readonly site: string | undefined
  readonly act: (typeof ACTS)[number]
  readonly token: string | undefined
}

const ACTS = [
  { method: 'GET', path: '/v1/status', body: '', type: undefined },
  { method: 'POST', path: '/v1/search', body: '{"words":["x"]}', type: 'application/json' },
  { method: 'POST', path: '/v1/search', body: '{"words":["x"]}', type: 'text/plain' },
  { method: 'PUT', path: '/v1/limits', body: '{"up":1000000}', type: 'application/x-www-form-urlencoded' },
  { method: 'OPTIONS', path: '/v1/search', body: '', type: undefined },
] as const

/** Of a page whose name was bound anew to this machine, `host` and `origin` are of that name, and its browser thinks that it asks the page's own server. */
const combinationsOf = (port: number, token: string): readonly Combination[] =>
  [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `0.0.0.0:${port}`].flatMap((host) =>
    [undefined, `http://${host}`, 'https://evil.example', 'null'].flatMap((origin) =>
      [undefined, 'same-origin', 'cross-site'].flatMap((site) =>
        ACTS.flatMap((act) => [token, undefined, almost(token)].map((shown) => ({ host, origin, site, act, token: shown }))))))

/** The same text but for its last character. */
const almost = (token: string): string => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`

/** What the threat table allows, said a second time. */
const isAllowed = ({ host, origin, site, act, token }: Combination, port: number, real: string): boolean =>
  [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host) &&
  (origin === undefined || origin === `http://${host}`) && site !== 'cross-site' && token === real && (act.method === 'GET' || act.type === 'application/json')

const attemptOf = ({ host, origin, site, act, token }: Combination): Attempt => ({
  method: act.method, path: act.path, body: act.body,
  headers: {
    host,
    ...(origin !== undefined && { origin }),
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...(act.type !== undefined && { 'content-type': act.type }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  },
})

test('the control port lets in the names of this machine with the token, and of all combinations nobody else', async (t) => {
  await using work = await temporaryFolder()
  const port = await freePort()
  await using node = await startNode({ home: join(work.path, 'home'), more: ['--no-mdns', '--control-port', String(port)] })
  const tokenPath = join(node.home, 'control.token')
  const token = (await readFile(tokenPath, 'utf8')).trim()
  assert.deepEqual([(await lstat(tokenPath)).mode & 0o777, Buffer.from(token, 'base64url').length], [0o600, 32])
  const limitsBefore = await controlClient(join(node.home, 'ggen.sock')).limits(never)

  const combinations = combinationsOf(port, token)
  const answers = await inTurns(combinations, 16, (combination) => ask({ port, tls: false }, attemptOf(combination)))
  for (const [index, combination] of combinations.entries()) {
    const { status, headers } = answers[index] ?? { status: 0, headers: {} }
    const said = JSON.stringify({ ...combination, token: combination.token === token })
    assert.equal(status === 200, isAllowed(combination, port, token), `${said}: ${status}`)
    assert.ok([200, 400, 401, 403, 421].includes(status), `${said}: ${status}`)
    assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith('access-control')), [], said)
  }
  const byStatus = Map.groupBy(answers, ({ status }) => status)
  assert.equal(byStatus.get(200)?.length, 3 * 2 * 2 * 2, 'three names, two origins, two sites, two acts')
  const misdirected = combinations.filter(({ host }, index) => host.startsWith('evil') && answers[index]?.status === 421)
  assert.equal(misdirected.length, combinations.filter(({ host }) => host.startsWith('evil')).length, 'a name that was bound anew')
  assert.deepEqual((await controlClient(join(node.home, 'ggen.sock')).limits(never)).limits, limitsBefore.limits)
  const counts = [...byStatus].map(([status, all]) => `${all.length} x ${status}`).join(', ')
  t.diagnostic(`${combinations.length} combinations: the ${byStatus.get(200)?.length} allowed ones let in, no other (${counts})`)
})

test('over the control socket no page gets in either', async () => {
  await using work = await temporaryFolder()
  await using node = await startNode({ home: join(work.path, 'home') })
  const socketPath = join(node.home, 'ggen.sock')
  const statuses = await inTurns(ATTEMPTS, 8, (attempt) => send({ socketPath }, attempt))
  assert.deepEqual(new Set(statuses), new Set([403]))
  assert.equal((await controlClient(socketPath).status(never)).peerId, node.peerId, 'it was not stopped')
})
