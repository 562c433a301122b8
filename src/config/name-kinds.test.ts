import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import type { Kind, Place } from './kind.ts'
import { filePath, owners, patterns, registryUrl, secret } from './name-kinds.ts'

const PLACE: Place = { from: 'HERE', remark: () => assert.fail('no remark') }
const ID = `bafyrei${'a'.repeat(52)}`

const refuses = (kind: Kind<unknown>, values: readonly unknown[]): void => {
  for (const value of values) {
    const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.startsWith('HERE: ') && !error.message.includes('hush')
    assert.throws(() => kind.fromToml(value, PLACE), isSo, JSON.stringify(value))
  }
}

describe('names', () => {
  it('are listed once', () => {
    assert.deepEqual(patterns.fromToml(['io.ggen.*', ' io.ggen.*', 'a'], PLACE), ['io.ggen.*', 'a'])
    refuses(patterns, [[''], Array.from({ length: 5000 }, (_, index) => `n${index}`), 'a', [1]])
  })

  it('belong to identities', () => {
    const read = owners.fromToml({ 'io.acme.*': ID }, PLACE)
    assert.deepEqual([...read], [['io.acme.*', ID]])
    assert.deepEqual(owners.fromToml(owners.write(read), PLACE), read)
    refuses(owners, [{ 'io.acme.*': 'ada' }, { a: 1 }, [], 1, Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`n${index}`, ID]))])
    assert.throws(() => owners.fromText(ID, PLACE), (error) => isGgenError(error, 'config-invalid'))
  })
})

describe('central registries', () => {
  it('are at an address without a password', () => {
    assert.equal(registryUrl.fromText('https://packages.example/ggen/', PLACE), 'https://packages.example/ggen')
    for (const same of ['file:///srv/mirror', '/srv/mirror/']) assert.equal(registryUrl.fromText(same, PLACE), 'file:///srv/mirror')
    const withSecrets = ['https://u:hush@a.example', 'ftp://u:hush@a.example', 'https://a.example/#hush']
    refuses(registryUrl, [...withSecrets, 'ftp://a.example', 'a.example', '', 1, `https://a/${'x'.repeat(3000)}`])
  })

  it('know a user by a token that no complaint shows', () => {
    assert.equal(secret.fromText('ggen_publish_0aB', PLACE), 'ggen_publish_0aB')
    refuses(secret, ['hush hush', '', 'x'.repeat(513), 'hüsh', 1])
  })
})

describe('paths', () => {
  it('are texts of some length without zero bytes', () => {
    assert.equal(filePath.fromText('~/peer.key', PLACE), '~/peer.key')
    refuses(filePath, ['', 'a\0b', 'x'.repeat(5000), 1])
  })
})
