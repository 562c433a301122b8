import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { marketplaceIndex, noRealPackages, realFile } from '#testing'
import { readIndex } from './read-index.ts'
import { searchIndex } from './search-index.ts'

const entry = (name: string, more: object = {}): object => ({ name, version: '1.0.0', description: '', ...more })
const index = readIndex(Buffer.from(JSON.stringify({
  packages: [
    entry('rust-web', { tags: ['rust'], license: 'MIT' }), entry('web', { category: 'Tools', author: 'Ada' }), entry('other', { description: 'a web of RUST' }),
  ],
})), new URL('https://x.example/'))
const names = (query: Parameters<typeof searchIndex>[1]): string[] => searchIndex(index, query).map(({ name }) => name)

describe('searching an index', () => {
  it('finds packages in which every word occurs, best first', () => {
    assert.deepEqual(names({ words: ['WEB'] }), ['web', 'rust-web', 'other'])
    assert.deepEqual([names({ words: ['web', 'rust'] }), names({ words: ['web rust nothing'] }), names({ words: ['web'], sort: 'name' })], [
      ['rust-web', 'other'], [], ['other', 'rust-web', 'web'],
    ])
    for (const { score } of searchIndex(index, { words: ['web'] })) assert.ok(score > 0 && score <= 1)
  })

  it('keeps to category, tags, author and license, without words as well', () => {
    assert.deepEqual([names({ words: [], category: 'tools' }), names({ words: [], author: 'ada' })], [['web'], ['web']])
    assert.deepEqual(names({ words: [], tags: ['Rust'] }), ['rust-web'])
    assert.deepEqual(names({ words: [], license: 'mit' }), ['rust-web'])
  })

  it('finds what the search index of the real marketplace finds', { skip: noRealPackages }, async () => {
    const snapshot = '2026-06-17-b0962a68'
    const path = realFile(`index/marketplace-registry/${snapshot}-index.json`)
    const real = readIndex(await readFile(path), pathToFileURL(path))
    const { search_index: oracle, packages } = await marketplaceIndex(snapshot)
    let compared = 0
    for (const [term, expected] of Object.entries(oracle)) {
      const found = new Set<string>(searchIndex(real, { words: [term] }).map(({ name }) => name))
      // Of very many tags only the first are kept.
      const kept = expected.filter((name) => packages.find((one) => one.name === name && one.tags.length + (one.keywords ?? []).length <= 16) !== undefined)
      compared += kept.length
      assert.deepEqual(kept.filter((name) => !found.has(name)), [], term)
    }
    assert.ok(compared > 500, `${compared}`)
  })
})
