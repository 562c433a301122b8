import assert from 'node:assert/strict'
import { it } from 'node:test'
import { proxyAt } from './proxy-for.ts'

it('takes npm’s own setting before the variables, and the variables that fit the address', () => {
  const variables = { HTTPS_PROXY: 'http://s.example/', HTTP_PROXY: 'http://p.example/' }
  const at = (address: string, settings: Readonly<Record<string, string>> = {}): string | undefined =>
    proxyAt(address, (key) => settings[key], variables)?.reveal()
  assert.deepEqual([at('https://a.example/'), at('http://a.example/')], ['http://s.example/', 'http://s.example/'])
  assert.equal(at('https://a.example/', { proxy: 'http://own.example/' }), 'http://own.example/')
  assert.equal(proxyAt('http://a.example/', () => undefined, { http_proxy: 'http://p.example/', https_proxy: '' })?.reveal(), 'http://p.example/')
  assert.deepEqual([at('https://a.b.example/', { noproxy: 'x, b.example' }), at('https://ab.example/', { noproxy: 'b.example' })], [undefined,
    'http://s.example/'])
  assert.equal(at('nonsense'), undefined)
})
