import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { isGgenError } from '#core'
import { homeOf, indexPlaces, isIndexFile, parseSourceAddress } from './index-places.ts'

const parse = (text: string): string => parseSourceAddress(text, (path) => pathToFileURL(`/here/${path}`)).href

describe('the address of a registry', () => {
  it('is one of the web, of a file, or a path', () => {
    assert.deepEqual(['https://x.example/a#b', 'file:///a/b', 'mirror', './index.json'].map(parse), [
      'https://x.example/a', 'file:///a/b', 'file:///here/mirror', 'file:///here/index.json',
    ])
    for (const text of ['', 'ftp://x', 'https://', 'https://me:secret@x.example/', 'javascript:alert(1)', 'x'.repeat(5000)]) {
      assert.throws(() => parse(text), (error) => isGgenError(error, 'usage') && !error.message.includes('secret'), text)
    }
  })

  it('names the index, or what has one in a known place', () => {
    assert.deepEqual(indexPlaces(new URL('https://x.example/m/packages.toml')).map(String), ['https://x.example/m/packages.toml'])
    assert.deepEqual(indexPlaces(new URL('https://x.example/m?k=1')).map(String), [
      'https://x.example/m/index.json?k=1', 'https://x.example/m/registry/index.json?k=1', 'https://x.example/m/marketplace/registry/index.json?k=1',
    ])
    assert.deepEqual([new URL('file:///a/b.JSON'), new URL('file:///a/b')].map(isIndexFile), [true, false])
  })

  it('has one home, however it is written', () => {
    const spelled = ['https://x.example/m', 'https://x.example/m/', 'https://x.example/m/index.json', 'https://x.example/m/index.json?token=secret#x']
    const homes = spelled.map((text) => homeOf(new URL(text)))
    assert.deepEqual(new Set(homes), new Set(['https://x.example/m/']))
    assert.equal(homeOf(new URL('file:///a/other.json')), 'file:///a/other.json')
  })
})
