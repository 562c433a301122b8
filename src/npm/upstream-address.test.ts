import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { isLoopback, isOneOf, parseUpstreamAddress } from './upstream-address.ts'

describe('the address of a registry', () => {
  it('ends with one slash and says nothing else', () => {
    const same = ['https://r.example/npm', 'https://r.example/npm/', 'https://R.example:443/npm//', 'https://r.example/npm/?a=1#b']
    for (const text of same) assert.equal(parseUpstreamAddress(text, 'HERE'), 'https://r.example/npm/')
  })

  it('is refused with where it stands, and no password of it is shown', () => {
    for (const text of ['', 'r.example', 'ftp://r.example/', 'file:///r', 'https://u:hush@r.example/', 'https://hush@r.example/',
      `https://r.example/${'x'.repeat(3000)}`]) {
      const isSo = (error: unknown): boolean =>
        isGgenError(error, 'config-invalid') && error.message.startsWith('HERE: ') && !JSON.stringify(error).includes('hush')
      assert.throws(() => parseUpstreamAddress(text, 'HERE'), isSo, text)
    }
  })

  it('is that of an own door under every name of this machine', () => {
    const doors = ['http://127.0.0.1:4003/npm/']
    for (const own of ['http://localhost:4003/npm', 'http://[::1]:4003/npm/', 'http://127.0.0.2:4003/npm/']) assert.ok(isOneOf(own, doors), own)
    for (const other of ['http://127.0.0.1:4004/npm/', 'http://127.0.0.1:4003/', 'http://127.0.0.1.example:4003/npm/', 'https://localhost:4003/npm/', 'x']) {
      assert.ok(!isOneOf(other, doors), other)
    }
    assert.ok(!isLoopback('1270.0.1') && !isLoopback('localhost.example'))
  })
})
