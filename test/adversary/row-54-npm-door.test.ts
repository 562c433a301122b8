import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { inTurns, temporaryFolder } from '#testing'
import { makePackage, StubUpstream } from '../npm/support/mod.ts'
import { doorOf, nodeBefore } from '../npm/support/node-before.ts'

interface Act {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly type?: string
  /** Only who shows the token may. */
  readonly needsToken?: boolean
}

const AUDIT = '/npm/-/npm/v1/security/advisories/bulk'

const ACTS: readonly Act[] = [
  { method: 'GET', path: '/npm/tool' },
  { method: 'GET', path: '/tool/-/tool-1.0.0.tgz' },
  { method: 'GET', path: '/npm/-/whoami', needsToken: true },
  { method: 'POST', path: AUDIT, body: '{}', type: 'application/json' },
  { method: 'POST', path: AUDIT, body: '{}', type: 'text/plain' },
  { method: 'PUT', path: '/npm/tool', body: '{}', type: 'application/json', needsToken: true },
  { method: 'PUT', path: '/npm/tool', body: '{}', type: 'application/x-www-form-urlencoded', needsToken: true },
  { method: 'DELETE', path: '/npm/-/package/tool/dist-tags/latest', needsToken: true },
  { method: 'OPTIONS', path: '/npm/tool', needsToken: true },
]

interface Combination {
  readonly host: string
  readonly origin: string | undefined
  readonly site: string | undefined
  readonly act: Act
  readonly token: string | undefined
}

/** The same text but for its last character. */
const almost = (token: string): string => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`

const combinationsOf = (port: number, token: string): readonly Combination[] =>
  [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `0.0.0.0:${port}`].flatMap((host) =>
    [undefined, `http://${host}`, 'https://evil.example', 'null'].flatMap((origin) =>
      [undefined, 'none', 'same-origin', 'same-site', 'cross-site'].flatMap((site) =>
        ACTS.flatMap((act) => [token, undefined, almost(token)].map((shown) => ({ host, origin, site, act, token: shown }))))))

/** What the threat table allows, said a second time. */
const isAllowed = ({ host, origin, site, act, token }: Combination, port: number, real: string): boolean => {
  const isRead = act.method === 'GET'
  const isOwnHost = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host)
  const isNoPage = origin === undefined && (site === undefined || (isRead && ['none', 'same-origin'].includes(site)))
  const isJson = isRead || act.type === undefined || act.type === 'application/json'
  return isOwnHost && isNoPage && isJson && (act.needsToken !== true || token === real)
}

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

const ask = (port: number, { host, origin, site, act, token }: Combination): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      host, connection: 'close',
      ...(origin !== undefined && { origin }), ...(site !== undefined && { 'sec-fetch-site': site }),
      ...(act.type !== undefined && { 'content-type': act.type }), ...(act.body !== undefined && { 'content-length': String(act.body.length) }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const asked = request({ host: '127.0.0.1', port, method: act.method, path: act.path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString('latin1') }))
    })
    asked.on('error', reject).end(act.body)
  })

/** What of this node was done, and not only refused later because the name is not its own. */
const isLetIn = ({ status, text }: Answer): boolean => status === 200 || (status === 403 && text.includes('belongs to the upstream registry'))

test('the npm door lets in programs of this machine alone, and changes only with the token: of all combinations nobody else', async (t) => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: [makePackage({ name: 'tool' })] })
  await using node = await nodeBefore(join(work.path, 'home'), upstream)
  const port = Number(new URL(await doorOf(node)).port)
  const token = (await readFile(join(node.home, 'npm.token'), 'utf8')).trim()
  const combinations = combinationsOf(port, token)
  const answers = await inTurns(combinations, 16, (combination) => ask(port, combination))
  for (const [index, combination] of combinations.entries()) {
    const answer = answers[index] ?? assert.fail()
    const said = JSON.stringify({ ...combination, token: combination.token === token })
    assert.equal(isLetIn(answer), isAllowed(combination, port, token), `${said}: ${answer.status} ${answer.text}`)
    assert.ok([200, 400, 401, 403, 421].includes(answer.status), `${said}: ${answer.status}`)
    assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith('access-control')), [], said)
    assert.ok(!answer.text.includes(token), said)
  }
  assert.deepEqual(upstream.requests.filter(({ method }) => !['GET', 'POST'].includes(method)), [], 'nothing is changed upstream')
  assert.ok(upstream.requests.every(({ headers }) => headers.authorization === undefined), 'no token goes there')
  const allowed = answers.filter(isLetIn).length
  t.diagnostic(`${combinations.length} combinations: the ${allowed} allowed ones let in, no other`)
})
