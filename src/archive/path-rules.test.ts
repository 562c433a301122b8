import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, LIMITS } from '#core'
import { type ArchiveRule, tooLarge, unsafe } from './archive-fault.ts'
import { checkPath, checkPathSegment, PathLedger } from './path-rules.ts'

const REFUSED: Partial<Readonly<Record<ArchiveRule, readonly string[]>>> = {
  absolute: ['/etc/passwd', '/', '//host/share'],
  parent: ['..', '../a', 'a/../b', 'a/..', '..\u200b/a', '.\u2060.'],
  segment: ['', '.', 'a/', 'a//b', './a', 'a/./b', 'a/.', '\u200b', 'a/.\u00ad/b'],
  character: [
    'a\\b', 'C:', 'C:\\a', 'a:b', 'a\0', 'a\nb', 'a\tb', '\x1b[2J', 'a\x7f', 'a\x85b',
    'a*', 'a?', 'a"b', 'a<b', 'a>b', 'a|b', 'a\u2028b', 'exe.\u202ejs', '\ufeffa', 'a\u200fb',
  ],
  reserved: [
    'con', 'CON', 'con.js', 'Con.tar.gz', 'con .js', 'prn', 'aux.js', 'nul', 'a/nul.txt',
    'com1', 'com9.log', 'COM0', 'lpt1', 'lpt9.x', 'com\u00b9', 'lpt\u00b3.txt', 'conin$', 'CONOUT$', 'clock$', 'aux/readme',
  ],
  ending: ['a.', 'a ', 'a. ', 'a .', '...', 'a./b', 'b /c'],
  'normal-form': ['cafe\u0301', '\u1100\u1161', '\u212b'],
  encoding: ['a\ud800', '\udc00b'],
  length: ['a'.repeat(241), `${'é'.repeat(121)}`, `${'d'.repeat(200)}/${'f'.repeat(40)}`],
  depth: [`${'d/'.repeat(32)}f`],
}

const ALLOWED = [
  'a', 'package.json', '.gitignore', '...a', 'a..b', '..a', '-', '--help', 'a b', ' a', 'a,b;c',
  '[slug].tsx', '@scope', '#', '$HOME', '%PATH%', '~', "it's", 'café', '日本/標準', 'a\u200db', '👩‍🚀.svg', 'constructor', '__proto__',
  'console', 'com', 'com10', 'auxiliary', 'nul1', 'lpt', 'icon', 'a.con', 'e'.repeat(240), `${'d/'.repeat(31)}f`,
]

const ruleOf = (action: () => void): unknown => {
  try {
    action()
    return undefined
  } catch (error) {
    assert(error instanceof GgenError, String(error))
    return error.code === 'archive-unsafe' ? error.details['rule'] : error.code
  }
}

const take = (...entries: readonly (readonly [string, 'file' | 'folder'])[]) => () => {
  const ledger = new PathLedger()
  for (const [path, kind] of entries) ledger.add(path, kind)
}

describe('checkPath', () => {
  for (const [rule, paths] of Object.entries(REFUSED)) {
    it(`refuses ${paths.length} paths by the rule ${rule}`, () => {
      for (const path of paths) assert.equal(ruleOf(() => checkPath(path)), rule, JSON.stringify(path))
    })
  }

  it('lets ordinary and odd but harmless paths pass', () => {
    for (const path of ALLOWED) assert.equal(ruleOf(() => checkPath(path)), undefined, JSON.stringify(path))
  })

  it('is total: any text passes or is refused by a rule', () => {
    const anyPath = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(fc.property(anyPath, (path) => assert(ruleOf(() => checkPath(path)) !== 'archive-broken')), { numRuns: 2000 })
  })

  it('names the path and the rule, unprintable characters escaped', () => {
    assert.throws(() => checkPath('a\u202eb'), (error) => isGgenError(error) && error.message.includes('\\u{202e}') && error.details['path'] === 'a\u202eb')
    assert.throws(() => checkPathSegment('..', 'x/../y'), (error) => isGgenError(error) && error.details['path'] === 'x/../y')
    assert.equal(unsafe('root', 'm').message, 'm')
    assert.equal(tooLarge('m', 7).details['limit'], 7)
  })
})

describe('PathLedger', () => {
  it('refuses what would land on something else on some file system', () => {
    const pairs = [['A', 'a'], ['lib/A', 'LIB/b'], ['straße', 'STRASSE'], ['a', 'a\u200d'], ['ſ', 's'], ['İ', 'i\u0307'], ['a\ufe0f', 'a'], ['Ω', 'ω']]
    for (const [one, other] of pairs) {
      assert.equal(ruleOf(take([one ?? '', 'file'], [other ?? '', 'file'])), 'collision', `${one} ${other}`)
    }
  })

  it('refuses a path twice, and a file that is a folder', () => {
    assert.equal(ruleOf(take(['a', 'file'], ['a', 'file'])), 'duplicate')
    assert.equal(ruleOf(take(['a', 'folder'], ['a', 'folder'])), 'duplicate')
    assert.equal(ruleOf(take(['a/b', 'file'], ['a', 'folder'], ['a', 'folder'])), 'duplicate')
    assert.equal(ruleOf(take(['a', 'file'], ['a/b', 'file'])), 'file-and-folder')
    assert.equal(ruleOf(take(['a/b', 'file'], ['a', 'file'])), 'file-and-folder')
    assert.equal(ruleOf(take(['a', 'folder'], ['a', 'file'])), 'file-and-folder')
  })

  it('takes a folder before or behind what lies in it', () => {
    assert.equal(ruleOf(take(['a', 'folder'], ['a/b', 'file'], ['a/c/d', 'file'], ['a/c', 'folder'])), undefined)
  })

  it('counts the folders on the way', () => {
    const ledger = new PathLedger()
    for (let index = 0; index < LIMITS.archiveFiles / 2; index++) ledger.add(`${index}/f`, 'file')
    assert.equal(ruleOf(() => ledger.add('one-more', 'file')), 'archive-too-large')
  })
})
