import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { refusalOf, type RequestHead, type TcpDoor } from './guard.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 2000)
const DOOR: TcpDoor = { port: 4003, token: 'T'.repeat(43) }
const OPEN = { host: '127.0.0.1:4003', authorization: `Bearer ${DOOR.token}`, 'content-type': 'application/json' }

const headOf = (headers: Readonly<Record<string, string | readonly string[] | undefined>>, method = 'POST'): RequestHead => ({
  method, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === undefined ? undefined : [value].flat()])),
})
const codeOf = (head: RequestHead, door?: TcpDoor): string | undefined => refusalOf(head, door)?.code

describe('a request over TCP', () => {
  it('comes in with the name of this machine and the token', () => {
    for (const host of ['127.0.0.1:4003', 'localhost:4003', 'LocalHost:4003', '[::1]:4003']) {
      assert.equal(codeOf(headOf({ ...OPEN, host }), DOOR), undefined, host)
      assert.equal(codeOf(headOf({ ...OPEN, host, origin: `http://${host.toLowerCase()}`, 'sec-fetch-site': 'same-origin' }), DOOR), undefined)
    }
    assert.equal(codeOf(headOf({ ...OPEN, 'content-type': undefined }, 'GET'), DOOR), undefined)
    assert.equal(codeOf(headOf({ ...OPEN, 'content-type': 'Application/JSON; charset=utf-8' }), DOOR), undefined)
    assert.equal(codeOf(headOf({ ...OPEN, authorization: `bearer ${DOOR.token}` }), DOOR), undefined)
  })

  it('under another name, with another port or none is misdirected', () => {
    const hosts = ['evil.example:4003', '127.0.0.1:4004', '127.0.0.1', 'localhost', '0.0.0.0:4003', '[::]:4003', '127.0.0.1.evil.example:4003', '', undefined]
    for (const host of hosts) assert.equal(codeOf(headOf({ ...OPEN, host }), DOOR), 'misdirected', host)
  })

  it('of a page of another origin or site is denied', () => {
    const origins = ['https://evil.example', 'null', '', 'http://localhost:4003', 'https://127.0.0.1:4003', 'http://127.0.0.1', 'http://127.0.0.1:4003/']
    for (const origin of origins) assert.equal(codeOf(headOf({ ...OPEN, origin }), DOOR), 'denied', origin)
    for (const site of ['cross-site', 'same-site', '']) assert.equal(codeOf(headOf({ ...OPEN, 'sec-fetch-site': site }), DOOR), 'denied', site)
  })

  it('without the whole token needs it, also where it only reads', () => {
    const { token } = DOOR
    const shown = [undefined, '', 'Bearer', 'Bearer ', token, `Basic ${token}`, `Bearer ${token}T`, `Bearer ${token.slice(1)}`, `Bearer ${token.toLowerCase()}`]
    for (const method of ['GET', 'POST']) {
      for (const authorization of shown) assert.equal(codeOf(headOf({ ...OPEN, authorization }, method), DOOR), 'token-missing', authorization)
    }
  })

  it('that changes something says that it brings JSON', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'get', '']) {
      for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/plain; application/json']) {
        assert.equal(codeOf(headOf({ ...OPEN, 'content-type': type }, method), DOOR), 'usage', `${method} ${type}`)
      }
    }
  })

  it('that says something twice is refused', () => {
    for (const name of ['host', 'authorization', 'content-type'] as const) {
      assert.equal(codeOf(headOf({ ...OPEN, [name]: [OPEN[name], OPEN[name]] }), DOOR), 'usage', name)
    }
  })

  it('never comes in but with exactly the host, the token and nothing of a foreign page', () => {
    const some = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.oneof(fc.constantFrom(...values), fc.constantFrom(...values))
    const heads = fc.record({
      method: fc.oneof(some('GET', 'POST'), fc.string()),
      host: fc.oneof(some(OPEN.host), fc.string(), fc.domain()),
      authorization: fc.oneof(some(OPEN.authorization), fc.string(), fc.base64String().map((text) => `Bearer ${text}`)),
      'content-type': fc.oneof(some(OPEN['content-type']), fc.string()),
      origin: fc.option(fc.oneof(some(`http://${OPEN.host}`), fc.webUrl()), { nil: undefined }),
      'sec-fetch-site': fc.option(fc.oneof(some('none', 'same-origin', 'cross-site'), fc.string()), { nil: undefined }),
    })
    fc.assert(fc.property(heads, ({ method, ...headers }) => {
      if (codeOf(headOf(headers, method), DOOR) !== undefined) return
      assert.deepEqual([headers.host.toLowerCase(), headers.authorization.slice(-43)], [OPEN.host, DOOR.token])
      assert.ok(headers.origin === undefined || headers.origin === `http://${OPEN.host}`)
      assert.ok(['none', 'same-origin', undefined].includes(headers['sec-fetch-site']))
    }), { numRuns: RUNS })
  })

  it('says nothing of the token in a refusal', () => {
    for (const host of [OPEN.host, 'evil.example']) {
      const refusal = refusalOf(headOf({ ...OPEN, host, authorization: 'Bearer guess' }), DOOR)
      assert.ok(refusal !== undefined && !/TTT|guess/.test(JSON.stringify(refusal)))
    }
  })
})

describe('a request over the socket', () => {
  it('needs neither host nor token', () => {
    assert.equal(codeOf(headOf({}, 'GET')), undefined)
    assert.equal(codeOf(headOf({ host: 'ggen', 'content-type': 'application/json' })), undefined)
  })

  it('never comes from a page, and brings JSON', () => {
    for (const origin of ['http://ggen', 'http://localhost', 'null']) assert.equal(codeOf(headOf({ host: 'ggen', origin }, 'GET')), 'denied')
    assert.equal(codeOf(headOf({ 'sec-fetch-site': 'cross-site' }, 'GET')), 'denied')
    assert.equal(codeOf(headOf({ 'content-type': 'text/plain' })), 'usage')
    assert.equal(codeOf(headOf({})), 'usage')
  })
})
