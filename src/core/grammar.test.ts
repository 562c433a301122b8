import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { isGgenError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { parseMultiaddr } from './multiaddr.ts'
import { isPackageName, parsePackageName } from './package-name.ts'
import { parsePackageSpec } from './package-spec.ts'
import { isVersion, parseVersion } from './version.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 300)

const linesOf = (file: string): string[] =>
  readFileSync(new URL(`../../vectors/${file}`, import.meta.url), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))

const textsOf = (file: string): string[] => linesOf(file).map((line) => (line.startsWith('"') ? (JSON.parse(line) as string) : line))

/** What a stranger may type: anything, and valid texts with one character replaced, inserted or removed. */
const damaged = (valid: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.record({ text: fc.constantFrom(...valid), at: fc.nat(), removed: fc.nat(1), added: fc.string({ unit: 'binary', maxLength: 2 }) }).map((damage) => {
      const index = damage.at % (damage.text.length + 1)
      return damage.text.slice(0, index) + damage.added + damage.text.slice(index + damage.removed)
    }),
  )

const parsesOrRefuses = (text: string, parse: (text: string) => unknown, codes: readonly string[]): void => {
  try {
    parse(text)
  } catch (error) {
    assert(isGgenError(error), `${JSON.stringify(text)}: ${String(error)}`)
    assert(codes.includes(error.code), error.code)
    assert(error.message.length < 1000, 'a message never repeats a long input')
  }
}

const grammars = [
  { files: 'names', parse: parsePackageName, code: 'name-invalid' },
  { files: 'versions', parse: parseVersion, code: 'version-invalid' },
  { files: 'multiaddrs', parse: parseMultiaddr, code: 'address-invalid' },
] as const

for (const { files, parse, code } of grammars) {
  test(`the valid ${files} parse to themselves`, () => {
    const texts = textsOf(`${files}_valid.txt`)
    assert(texts.length > 20)
    for (const text of texts.filter((one) => !one.includes('@/'))) assert.equal(parse(text), text)
    for (const text of texts) assert.equal(parse(parse(text)), parse(text))
  })

  test(`the invalid ${files} are refused with ${code}`, () => {
    const texts = textsOf(`${files}_invalid.txt`)
    assert(texts.length > 40)
    for (const text of texts) assert.throws(() => parse(text), (error) => isGgenError(error, code), JSON.stringify(text))
  })

  test(`damaged ${files} parse or are refused with ${code}, nothing else`, () => {
    fc.assert(fc.property(damaged(textsOf(`${files}_valid.txt`)), (text) => parsesOrRefuses(text, parse, [code])), { numRuns: RUNS })
  })

  test(`very long ${files} are refused at once`, () => {
    for (const unit of ['a', 'a.', '1.', '/', '-', '0', 'a-', '@', '/ip4/1.1.1.1']) {
      assert.throws(() => parse(unit.repeat(100_000)), (error) => isGgenError(error, code))
    }
  })
}

test('the valid specs mean what the vectors say', () => {
  const lines = linesOf('specs_valid.txt')
  assert(lines.length >= 15)
  for (const line of lines) {
    const [text = '', meaning = ''] = line.split(' -> ')
    assert.deepEqual(parsePackageSpec(JSON.parse(text) as string), JSON.parse(meaning), text)
  }
})

const SPEC_CODES = ['name-invalid', 'range-invalid']

test('the invalid specs are refused', () => {
  const texts = textsOf('specs_invalid.txt')
  assert(texts.length > 20)
  for (const text of texts) {
    assert.throws(() => parsePackageSpec(text), (error) => isGgenError(error) && SPEC_CODES.includes(error.code), JSON.stringify(text))
  }
})

test('damaged specs parse or are refused, nothing else', () => {
  const texts = linesOf('specs_valid.txt').map((line) => JSON.parse(line.split(' -> ')[0] ?? '') as string)
  fc.assert(fc.property(damaged(texts), (text) => parsesOrRefuses(text, parsePackageSpec, SPEC_CODES)), { numRuns: RUNS })
})

test('what a name may hold is ASCII and safe as a path', () => {
  fc.assert(fc.property(damaged(textsOf('names_valid.txt')), (text) => {
    if (!isPackageName(text)) return
    assert.match(text, /^@?[a-z0-9.-]+(?:\/[a-z0-9.-]+)?$/)
    assert(text.length <= LIMITS.nameChars)
    for (const part of text.split('/')) assert(!part.startsWith('.') && !part.endsWith('.') && !part.includes('..'))
  }), { numRuns: RUNS })
})

test('what a version may hold is ASCII without spaces', () => {
  fc.assert(fc.property(damaged(textsOf('versions_valid.txt')), (text) => {
    if (isVersion(text)) assert.match(text, /^[0-9A-Za-z.+-]{5,100}$/)
  }), { numRuns: RUNS })
})
