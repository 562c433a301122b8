import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { credentialsAt } from './credentials.ts'
import { parseUpstreamAddress } from './upstream-address.ts'

const lookUp = (settings: Readonly<Record<string, string>>) => (key: string): string | undefined => (Object.hasOwn(settings, key) ? settings[key] : undefined)

it('finds what is written with a slash at the end of the place or without, the token before the rest', () => {
  for (const place of ['//h.example', '//h.example/', '//h.example/npm', '//h.example/npm/', '//h.example/npm/x']) {
    const valueOf = lookUp({ [`${place}:_authToken`]: 't', [`${place}:_auth`]: 'a', [`${place}:username`]: 'u', [`${place}:_password`]: 'cA==' })
    assert.equal(credentialsAt('https://h.example/npm/x', [], valueOf)?.authorization?.reveal(), 'Bearer t', place)
  }
  assert.equal(credentialsAt('https://h.example/npm/x', [], lookUp({ '//h.example/npm/xy:_authToken': 't', '//h.example/n:_authToken': 't' })), undefined)
})

it('gives nothing to another host, whatever the address is', () => {
  const valueOf = lookUp({ '//h.example/npm/:_authToken': 't', '//h.example/:_auth': 'a' })
  const registries = [parseUpstreamAddress('https://h.example/npm/', 'HERE')]
  const part = fc.constantFrom('https://', 'http://', '//', 'h.example', 'evil.example', '/', '@', ':443', ':80', '.', '\\', '#', '?', '%2f', 'npm', '\t')
  fc.assert(fc.property(fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')), (address) => {
    if (credentialsAt(address, registries, valueOf) === undefined) return
    const url = new URL(address)
    assert.deepEqual([url.host, url.protocol], ['h.example', 'https:'], address)
  }), { numRuns: 3000 })
})
