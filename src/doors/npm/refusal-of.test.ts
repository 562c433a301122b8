import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refusalOf } from './refusal-of.ts'

const PORT = 4003
const ask = (method: string, headers: Readonly<Record<string, string | readonly string[]>>): string | undefined =>
  refusalOf({ method, headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat() as string[]])) }, PORT)?.code

describe('refusalOf', () => {
  it('lets package managers in, by every name of this machine', () => {
    for (const host of ['127.0.0.1:4003', 'localhost:4003', '[::1]:4003', 'LOCALHOST:4003']) {
      assert.equal(ask('GET', { host }), undefined)
      assert.equal(ask('PUT', { host, 'content-type': 'application/json' }), undefined)
      assert.equal(ask('DELETE', { host }), undefined)
    }
  })

  it('lets no other name in that was bound to this machine', () => {
    for (const host of ['evil.example:4003', '127.0.0.1', '127.0.0.1:80', '0.0.0.0:4003', '']) assert.equal(ask('GET', { host }), 'misdirected', host)
  })

  it('lets no page in: of all combinations of methods, origins, sites and types only those without a page', () => {
    const host = `127.0.0.1:${PORT}`
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      for (const origin of [undefined, 'null', 'http://evil.example', `http://${host}`]) {
        for (const site of [undefined, 'none', 'cross-site', 'same-site', 'same-origin']) {
          for (const type of [undefined, 'application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
            const code = ask(method, { host, ...(origin && { origin }), ...(site && { 'sec-fetch-site': site }), ...(type && { 'content-type': type }) })
            const reads = method === 'GET'
            const isProgram = origin === undefined && (site === undefined || (reads && ['none', 'same-origin'].includes(site)))
            const isTyped = reads || method === 'DELETE' || type === undefined || type === 'application/json'
            assert.equal(code === undefined, isProgram && isTyped, `${method} ${origin} ${site} ${type}`)
          }
        }
      }
    }
  })

  it('takes no header twice that two readers could read differently', () => {
    assert.equal(ask('GET', { host: ['127.0.0.1:4003', 'evil.example:4003'] }), 'usage')
  })
})
