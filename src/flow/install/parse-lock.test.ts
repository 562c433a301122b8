import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { formatLock } from './lock-file.ts'
import { anyLock, locked } from './lock-samples.conformance.ts'
import { parseLock } from './parse-lock.ts'

const refused = (message: RegExp) => (error: unknown): boolean => isGgenError(error, 'lock-invalid') && message.test(error.message)

describe('reading ggen.lock', () => {
  it('takes version 1, where the project itself had asked for all there was', () => {
    const text = formatLock([locked('a'), locked('b', { version: '2.0.0-rc.1' })]).replace('version = 2', 'version = 1')
    assert.deepEqual(parseLock(text).map(({ name, wanted }) => `${name} ${wanted}`), ['a ^1.0.0', 'b ^2.0.0-rc.1'])
  })

  it('says that two branches changed the same lines', () => {
    const text = formatLock([locked('a')])
    const conflict = text.replace('size = 7\n', '<<<<<<< ours\nsize = 7\n=======\nsize = 8\n>>>>>>> theirs\n')
    assert.throws(() => parseLock(conflict), (error) => refused(/two branches changed/)(error) && /keep one side/.test((error as { hint: string }).hint))
  })

  it('passes over keys that it does not know, of no newer version', () => {
    const text = formatLock([locked('a')])
    assert.deepEqual(parseLock(`${text}more = true\n[extra]\nx = 1\n`), [locked('a')])
    assert.throws(() => parseLock(text.replace('version = 2', 'version = 3')), refused(/newer ggen/))
  })

  it('names what is wrong', () => {
    const text = formatLock([locked('a')])
    const block = text.slice(text.indexOf('\n[[package]]'))
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /no version = 2/],
      ['version = "1"', /no version = 2/],
      ['version = 0', /no version = 2/],
      ['version = 1.5', /no version = 2/],
      ['version = 2\npackage = 3', /list of tables/],
      ['version = 2\npackage = [3]', /package 1 is no table/],
      ['<<<<<<<ours', /line 1, column/],
      [text + block, /a is there twice/],
      [text.replace('name = "a"', 'name = "A"'), /package 1: not a package name/],
      [text.replace('name = "a"', 'name = "../a"'), /package 1: not a package name/],
      [text.replace('version = "1.0.0"', 'version = "1"'), /package 1: not a SemVer/],
      [text.replace('size = 7', 'size = -1'), /no size/],
      [text.replace('size = 7', 'size = 7.5'), /no size/],
      [text.replace('sha256:', 'sha1:'), /not a digest/],
      [text.replace('==', '='), /sha512/],
      [text.replace('A==', 'B=='), /sha512/],
      [text.replace(/identity.*\n/, ''), /no identity/],
      [text.replace(/(identity.*\n)/, '$1source = "x"\n'), /both an identity and a source/],
      [text.replace(/identity.*\n/, 'source = ""\n'), /not a source/],
      [text.replace(/identity.*\n/, 'source = "\\u0007"\n'), /not a source/],
      [`${text}wanted = 1`, /no wanted/],
      [`${text}wanted = "newest"`, /package 1: not a range/],
      [`${text}wanted = "^1\\n^2"`, /package 1: not a range/],
      [`${text}dependencies = "b@1"`, /must be a list/],
      [`${text}dependencies = [1]`, /must be texts/],
      [`${text}dependencies = ["b"]`, /without a range/],
      [`${text}dependencies = ["@x/b"]`, /without a range/],
      [`${text}dependencies = ["../b@1"]`, /not a package name/],
      [`${text}dependencies = ["b@1", "b@2"]`, /depends on b twice/],
    ]
    for (const [lockText, message] of wrong) assert.throws(() => parseLock(lockText), refused(message), lockText)
    assert.throws(() => parseLock(`version = 2 #${'x'.repeat(17_000_000)}`), refused(/too large/))
  })

  it('gives packages or a typed error, whatever it holds', () => {
    const typed = (text: string): void => {
      try {
        parseLock(text)
      } catch (error) {
        assert(isGgenError(error, 'lock-invalid'), String(error))
      }
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), typed))
    fc.assert(
      fc.property(anyLock, fc.nat(), fc.nat(127), (packages, place, byte) => {
        const bytes = Buffer.from(formatLock(packages))
        bytes[place % bytes.length] = byte
        typed(bytes.toString())
      }),
      { numRuns: 200 },
    )
  })
})

const LOCKS = resolve(import.meta.dirname, '../../..', process.env['GGEN_DATA'] ?? '../shared/data/ggen', 'locks')

describe('the lock files of older programs', { skip: existsSync(LOCKS) ? false : 'GGEN_DATA names no folder with real locks' }, () => {
  it('are refused, so that nothing overwrites them', async () => {
    const names = await readdir(LOCKS)
    assert(names.length > 10)
    for (const name of names) {
      const text = await readFile(resolve(LOCKS, name), 'utf8')
      assert.throws(() => parseLock(text), refused(/./), name)
    }
  })
})
