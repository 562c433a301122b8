import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { parseNpmrc } from './npmrc.ts'
import { setUpNpmrc, takeOutNpmrc } from './set-up-npmrc.ts'

const url = 'http://127.0.0.1:4003/npm/'
const token = 'ggen_0aB'

describe('setting up an .npmrc', () => {
  it('puts the door in the place of every registry, and keeps what was there', () => {
    const before = '# mine\nregistry = https://r.example/\r\n@acme:registry=https://a.example/\n//r.example/:_authToken=hush\n[other]\nregistry=x'
    const { text, changes } = setUpNpmrc(before, { url, scopes: ['@new'], token })
    assert.equal(text, [
      '; ggen: added', `//127.0.0.1:4003/npm/:_authToken=${token}`, '; ggen: added', 'replace-registry-host=always', '; ggen: added', `@new:registry=${url}`,
      '# mine',
      '; ggen: registry = https://r.example/\r',
      `registry=${url}\r`, '; ggen: @acme:registry=https://a.example/', `@acme:registry=${url}`, '//r.example/:_authToken=hush', '[other]', 'registry=x',
    ].join('\n'))
    assert.deepEqual(changes, [
      { before: 'registry = https://r.example/', after: `registry=${url}` }, { before: '@acme:registry=https://a.example/', after: `@acme:registry=${url}` },
      { after: `@new:registry=${url}` }, { after: 'replace-registry-host=always' }, { after: '//127.0.0.1:4003/npm/:_authToken=(hidden)' },
    ])
    assert.equal(parseNpmrc(text, {}).replaced.get('registry'), 'https://r.example/')
    assert.equal(takeOutNpmrc(text).text, before)
  })

  it('changes nothing when it is done again, and the address where that changed', () => {
    const once = setUpNpmrc('registry=https://r.example/', { url, scopes: ['@a'], token }).text
    assert.deepEqual(setUpNpmrc(once, { url, token }), { text: once, changes: [] })
    const moved = setUpNpmrc(once, { url: 'http://127.0.0.1:9/npm/', token })
    assert.equal(moved.text, once.replaceAll(':4003', ':9'))
    assert.deepEqual(moved.changes.at(-1), { before: '//127.0.0.1:4003/npm/:_authToken=(hidden)' })
    assert.equal(moved.changes.length, 4)
  })

  it('leaves scopes apart that shall go elsewhere, and gives them back where they were led here before', () => {
    const text = '@a:registry=https://a.example/\n'
    const apart = setUpNpmrc(text, { url, apart: ['@a'] }).text
    assert.ok(apart.endsWith(`\n${text}`))
    const { text: after, changes } = setUpNpmrc(setUpNpmrc(text, { url }).text, { url, apart: ['@a'] })
    assert.deepEqual([after, changes], [apart, [{ before: `@a:registry=${url}`, after: '@a:registry=https://a.example/' }]])
  })

  it('has npm ask for everything here, whatever it said of that before', () => {
    const before = 'replace-registry-host=never\nregistry=https://r.example/\n'
    const { text } = setUpNpmrc(before, { url })
    assert.match(text, /^; ggen: replace-registry-host=never\nreplace-registry-host=always\n/)
    assert.equal(takeOutNpmrc(text).text, before)
    const own = 'replace-registry-host=always\n'
    assert.equal(takeOutNpmrc(own).text, own)
  })

  it('leaves alone what the user wrote over it since then', () => {
    const text = '; ggen: registry=https://old.example/\nregistry=https://mine.example/\n'
    assert.deepEqual(takeOutNpmrc(text), { text, changes: [] })
  })

  it('shows no secret in its changes', () => {
    const { changes } = setUpNpmrc('registry=https://me:hush@r.example/', { url })
    assert.deepEqual(changes, [
      { before: 'registry=https://(hidden)@r.example/', after: `registry=${url}` },
      { after: 'replace-registry-host=always' },
    ])
  })

  it('refuses what would mean something else in a file', () => {
    const doors = [
      { url: 'https://r.example/' }, { url: 'nonsense' }, { url: 'http://127.0.0.1/;x' }, { url: 'http://u@127.0.0.1/' }, { url, token: 'a;b' }, { url,
        token: 'a\nb' },
      { url, scopes: ['acme'] }, { url, scopes: ['@a\nregistry=x'] },
    ]
    for (const door of doors) assert.throws(() => setUpNpmrc('', door), (error) => isGgenError(error, 'usage'), JSON.stringify(door))
  })

  const part = fc.constantFrom(
    'registry', '@a:registry', '=', 'https://r.example/', 'http://127.0.0.1:4003/npm/', '\n', '\r\n', '\r', '; ggen: ', '; ggen: added', ';', '#', '[x]', '"',
    ' ', '${V}',
    'replace-registry-host', '=always', '=never',
    '//127.0.0.1:4003/npm/:_authToken=', '//localhost:1/:_authToken=x', '\uFEFF', '; ggen: registry=old', 'é', '\\',
  )
  const files = fc.oneof(fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')), fc.string({ unit: 'binary' }))
  const doors = fc.record({
    url: fc.constantFrom(url, 'http://localhost:1/npm/'), scopes: fc.subarray(['@a', '@b']), apart: fc.subarray(['@a']), token: fc.constantFrom(token, 'x=='),
  }, { requiredKeys: ['url'] })

  it('is undone byte for byte, whatever the file is', () => {
    fc.assert(fc.property(files, doors, (file, door) => {
      const bare = takeOutNpmrc(file).text
      if (!file.includes('; ggen: ')) assert.equal(bare, file)
      const { text } = setUpNpmrc(file, door)
      assert.equal(takeOutNpmrc(text).text, bare)
      assert.deepEqual(setUpNpmrc(text, door), { text, changes: [] })
      assert.deepEqual(takeOutNpmrc(bare), { text: bare, changes: [] })
    }), { numRuns: 3000 })
  })
})
