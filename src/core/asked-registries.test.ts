import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseRegistryAddress, parseServerAddress } from './asked-registries.ts'
import { isGgenError } from './errors.ts'

suite('The address of a registry that is named for one question', () => {
  test('is the same with and without a slash, its index, a query and a fragment', () => {
    for (const more of ['', '/', '/index.json', '/?a=b', '/#c']) {
      assert.equal(parseRegistryAddress(`https://Packs.example.org${more}`), 'https://packs.example.org')
    }
    assert.equal(parseRegistryAddress('http://packs.example.org:8080/ggen/index.json'), 'http://packs.example.org:8080/ggen')
  })

  test('may be that of a folder, but not where something is to be published', () => {
    assert.equal(parseRegistryAddress('file:///srv/market/index.json'), 'file:///srv/market')
    assert.equal(parseServerAddress('https://packs.example.org/'), 'https://packs.example.org')
    assert.throws(() => parseServerAddress('file:///srv/market'), { code: 'usage' })
  })

  test('has no password in it, and an error does not show one', () => {
    const hides = (error: unknown): boolean => isGgenError(error, 'usage') && !error.message.includes('geheim')
    assert.throws(() => parseRegistryAddress('https://me:geheim@packs.example.org'), hides)
  })

  test('is read, or refused as a mistake of use, whatever it is; what was read is read again as the same', () => {
    const addresses = fc.webUrl({ withFragments: true, withQueryParameters: true })
    const texts = fc.oneof(fc.string(), addresses, fc.constantFrom('file:///x', 'ftp://x.example', 'https://'))
    fc.assert(fc.property(texts, (text) => {
      try {
        const address = parseRegistryAddress(text)
        assert.equal(parseRegistryAddress(address), address)
      } catch (error) {
        assert.ok(isGgenError(error, 'usage'), String(error))
      }
    }), { examples: [['https://a.example/index.json/'], ['https://a.example/index.json/index.json']] })
  })
})
