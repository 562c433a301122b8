import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PackageName, parsePackageName } from '#core'
import { LookAlikes } from './look-alikes.ts'

const names = (...texts: readonly string[]): PackageName[] => texts.map(parsePackageName)

const shown = (known: LookAlikes, name: string): string[] => [...known.near(parsePackageName(name))].map((alike) => `${alike.kind} ${alike.known}`)

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
    const fine = ['lodash.get', 'merge2', 'socks4', 'vua', 'lodash.set', '@types/mode', '@types/nod', 'eslint-plugin-import-x', 'xml-js', 'other', 'node', 'js']
    for (const name of fine) {
      assert.deepEqual(shown(known, name), [], name)
    }
  })

  test('the best known come first, also among names that came later, and a name that is known is like others', () => {
    const near = new LookAlikes(names('rebase', 'rebate', 'rebasee', 're-base', 'rebased', 'debase', 'rebas', 'rebass'))
    near.add(names('rebase', 'r-ebase', '@rebaze/all'))
    const expected = ['separators rebase', 'doubled rebasee', 'separators re-base', 'separators r-ebase']
    assert.deepEqual(shown(near, 're.base'), expected)
    assert.deepEqual(shown(near, 'rebase').slice(0, 3), ['letter rebate', 'doubled rebasee', 'separators re-base'])
    assert.equal(near.size, 10)
    assert.deepEqual(shown(near, '@rebase/all'), ['letter @rebaze/all'])
    assert.deepEqual(shown(near, '@rebase/one'), ['scope @rebaze/all'])
    near.add(names('@rebase/two'))
    assert.deepEqual(shown(near, '@rebase/one'), [], 'a scope that is known is none of another one, whenever it came')
  })

  test('nothing looks like a name where none is known', () => assert.deepEqual(shown(new LookAlikes(), 'lodash'), []))
})

suite('looking among many names', () => {
  test('finds exactly what comparing with each of them finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'o', '0', '-'), minLength: 5, maxLength: 9 })
      .filter((text) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)).map(parsePackageName)
    fc.assert(fc.property(fc.uniqueArray(word, { maxLength: 20 }), word, fc.nat(20), (list, name, cut) => {
      const each = list.filter((other) => shown(new LookAlikes([other]), name).length > 0)
      const known = new LookAlikes(list.slice(0, cut))
      known.add(list.slice(cut))
      assert.deepEqual([...known.near(name)].map((alike) => alike.known), each)
    }))
  })

  test('finds one slip in each of 20,000', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => parsePackageName(`package-${index.toString(36)}-${(index * 7919).toString(36)}-end`))
    const known = new LookAlikes(many)
    for (const name of many.filter((_, index) => index % 1000 === 0)) {
      assert.ok(shown(known, name.replace('end', 'ned')).some((alike) => alike.endsWith(` ${name}`)), name)
    }
  })

  test('is bounded', () => {
    const many = Array.from({ length: LIMITS.lookAlikeNames + 1 }, (_, index) => `n${index.toString(36).padStart(4, '0')}-name` as PackageName)
    const known = new LookAlikes(many)
    const isFound = (name: string | undefined): boolean => shown(known, `${name?.replace('-', '')}`).includes(`separators ${name}`)
    assert.deepEqual([known.size, isFound(many.at(-2)), isFound(many.at(-1))], [LIMITS.lookAlikeNames, true, false])
    known.add(many.slice(-1))
    assert.equal(known.size, LIMITS.lookAlikeNames)
  })
})
