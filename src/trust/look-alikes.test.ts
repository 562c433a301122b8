import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PackageName, parsePackageName } from '#core'
import { LookAlikes } from './look-alikes.ts'

const names = (...texts: readonly string[]): PackageName[] => texts.map(parsePackageName)

const shown = (known: LookAlikes, name: string): string[] => known.of(parsePackageName(name)).map((alike) => `${alike.kind} ${alike.known}`)

suite('a name that looks like a known one', () => {
  const known = new LookAlikes(names(
    'cross-env', 'lodash', 'express', 'jquery', '@types/node', '@babel/core', 'socket.io', 'io.ggen.rust.cli', 'react', 'd3', 'merge', 'socks5',
    'lodash.get', 'vue', 'xml2js', 'eslint-plugin-import', 'modern-web',
  ))

  const cases: Readonly<Record<string, string>> = {
    crossenv: 'separators cross-env', 'cross.env': 'separators cross-env', 'socket-io': 'separators socket.io',
    'io-ggen-rust-cli': 'separators io.ggen.rust.cli',
    'io.ggen/rust.cli': 'scope io.ggen.rust.cli', 'types-node': 'scope @types/node', '@typesnode/x': 'no', 'babel-core': 'scope @babel/core',
    '@tpyes/react': 'scope @types/node', '@babbel/anything': 'scope @babel/core',
    l0dash: 'digits lodash', 'expre55': 'digits express', 'rnodern-web': 'digits modern-web',
    expresss: 'doubled express', exppress: 'doubled express', lodahs: 'swapped lodash',
    lodas: 'letter lodash', lodashs: 'letter lodash', jqvery: 'letter jquery',
    'jquery.js': 'affix jquery', 'node-react': 'affix react', nodereact: 'affix react', 'd3.js': 'affix d3', 'io.ggen.rust.c1i': 'digits io.ggen.rust.cli',
  }
  for (const [name, expected] of Object.entries(cases)) {
    test(`${name}: ${expected}`, () => assert.deepEqual(shown(known, name), expected === 'no' ? [] : [expected]))
  }

  test('a known name, a numbered one, a short one and a neighbour are none', () => {
    const fine = ['lodash', 'merge2', 'socks4', 'vua', 'lodash.set', '@types/mode', '@types/nod', 'eslint-plugin-import-x', 'xml-js', 'other', 'node', 'js']
    for (const name of fine) {
      assert.deepEqual(shown(known, name), [], name)
    }
  })

  test('the most telling ones come first, and few', () => {
    const near = new LookAlikes(names('rebase', 'rebate', 're-base', 'rebased', 'debase', 'rebas', 'rebasee', 'rebass'))
    assert.deepEqual(shown(near, 're.base'), ['separators rebase', 'separators re-base', 'doubled rebasee'])
    assert.equal(shown(near, 'rebaze').length, 2)
    assert.equal(new LookAlikes(names('rebasa', 'rebasb', 'rebasc', 'rebasd', 'rebase', 'rebasf')).of(parsePackageName('rebasx')).length, 5)
  })

  test('nothing looks like a name where none is known', () => assert.deepEqual(new LookAlikes([]).of(parsePackageName('lodash')), []))
})

suite('looking among many names', () => {
  test('finds exactly what comparing with each of them finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'o', '0', '-'), minLength: 5, maxLength: 9 })
      .filter((text) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)).map(parsePackageName)
    fc.assert(fc.property(fc.uniqueArray(word, { maxLength: 20 }), word, (list, name) => {
      const each = list.filter((other) => new LookAlikes([other]).of(name).length > 0)
      const together = new LookAlikes(list).of(name).map(({ known }) => known)
      if (list.includes(name)) assert.deepEqual(together, [])
      else assert.deepEqual(together.toSorted(), each.length > 5 ? together.toSorted() : each.toSorted())
    }))
  })

  test('finds one slip in each of 20,000', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => parsePackageName(`package-${index.toString(36)}-${(index * 7919).toString(36)}-end`))
    const known = new LookAlikes(many)
    for (const name of many.filter((_, index) => index % 1000 === 0)) {
      assert.ok(known.of(parsePackageName(name.replace('end', 'ned'))).some((alike) => alike.known === name), name)
    }
  })

  test('is bounded', () => {
    const many = Array.from({ length: LIMITS.lookAlikeNames + 1 }, (_, index) => `n${index.toString(36).padStart(4, '0')}-name` as PackageName)
    const known = new LookAlikes(many)
    assert.deepEqual(known.of(parsePackageName(`${many.at(-2)}`)), [])
    assert.ok(!shown(known, `${many.at(-1)?.replace('-', '')}`).includes(`separators ${many.at(-1)}`))
  })
})
