import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError, isPackageName } from '#core'
import { isNpmName, parseNpmName, scopeOf, unscopedName } from './npm-name.ts'

const VALID = [
  'express', 'JSONStream', 'a', '@types/node', '@-xun/scripts', '@a/_b', 'io.ggen.rust.cli', "it's", 'a_b', '0', 'with.dots.', '@A/B', 'x~y',
  '@__proto__/x', 'constructor', 'a'.repeat(214),
]
const INVALID = [
  '', '.', '..', '../x', 'a/b', '@a', '@a/', '@/b', '@a/b/c', '@../x', '@a/..', '@a/.b', '@.a/b',
  '.a', '_a', '-', '-a', '--help', '@a/-', '@-/a', 'a b', ' a', 'a ',
  'a\n', 'a\0', 'a\x7f', 'é', 'a%2fb', 'a\\b', 'a:b', 'a?b', 'a#b', 'a@1', '__proto__', 'node_modules', 'Node_Modules', 'favicon.ico', 'a..b', 'a'.repeat(215),
  '/a', '@@a/b',
]

describe('the name of an npm package', () => {
  it('is what npm takes, with the capitals and signs of old packages', () => {
    for (const name of VALID) assert.equal(parseNpmName(name), name)
  })

  it('is refused where it could lead elsewhere, or could be an option', () => {
    for (const name of INVALID) assert.throws(() => parseNpmName(name), (error) => isGgenError(error, 'name-invalid') && error.hint.includes('npm'), name)
  })

  it('has a scope or none', () => {
    assert.deepEqual([scopeOf(parseNpmName('@types/node')), unscopedName(parseNpmName('@types/node'))], ['@types', 'node'])
    assert.deepEqual([scopeOf(parseNpmName('node')), unscopedName(parseNpmName('node'))], [undefined, 'node'])
  })

  it('never leaves the folder or the address that it is put under, whatever the text is', () => {
    const near = fc.tuple(fc.constantFrom('@', ''), fc.string({ unit: fc.constantFrom('a', 'A', '.', '/', '-', '_', '@', '%', '\\', '\0'), maxLength: 8 }))
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), near.map((parts) => parts.join(''))), (text) => {
      if (!isNpmName(text)) return
      const { pathname, search, hash } = new URL(text, 'http://h/npm/')
      assert.deepEqual([pathname, search, hash], [`/npm/${text}`, '', ''])
      assert.ok(text.split('/').length === (text.startsWith('@') ? 2 : 1))
      assert.equal([scopeOf(text), unscopedName(text)].filter((part) => part !== undefined).join('/'), text)
    }), { numRuns: 2000 })
  })

  it('may be every name that packages of this network have and npm can say', () => {
    const names = fc.stringMatching(/^(?:@[a-z0-9]{1,4}\/)?[a-z0-9]{1,3}(?:[.-][a-z0-9]{1,3}){0,3}$/)
    fc.assert(fc.property(names, (text) => void (isPackageName(text) && assert.ok(isNpmName(text), text))))
  })
})
