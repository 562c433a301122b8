import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { isNpmName, isNpmVersion, parseIntegrity } from '#npm'
import type { LockedPackage } from './locked-package.ts'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import { LOCKFILE_NAMES, parseLockfile } from './parse-lockfile.ts'

type Whole = Required<LockedPackage>
type Writer = (packages: readonly Whole[]) => string

const table = (packages: readonly Whole[], row: (one: Whole) => readonly [string, unknown]): object => Object.fromEntries(packages.map(row))
const single = (text: string): string => `'${text.replaceAll("'", "''")}'`
const npmFields = ({ version, resolved, integrity, isOptional }: Whole): object => ({ version, resolved, integrity, ...(isOptional && { optional: true }) })

const npmThree: Writer = (packages) =>
  JSON.stringify({ lockfileVersion: 3, packages: table(packages, (one) => [`node_modules/${one.name}`, npmFields(one)]) })
const npmOne: Writer = (packages) => JSON.stringify({ lockfileVersion: 1, dependencies: table(packages, (one) => [one.name, npmFields(one)]) })
const pnpmNine: Writer = (packages) => [
  "lockfileVersion: '9.0'", '', 'importers:', '  .: {}', '', 'packages:', '',
  ...packages.flatMap(({ name, version, integrity }) => [`  ${single(`${name}@${version}`)}:`, `    resolution: {integrity: ${integrity}}`, '']),
  'snapshots:',
  ...packages.flatMap(({ name, version, isOptional }) => [`  ${single(`${name}@${version}(x@1.0.0)`)}:${isOptional ? '\n    optional: true' : ' {}'}`]), '',
].join('\n')
const pnpmSix: Writer = (packages) => [
  "lockfileVersion: '6.0'", '', 'packages:', '',
  ...packages.flatMap(({ name, version, integrity, isOptional }) =>
    [`  ${single(`/${name}@${version}`)}:`, `    resolution: {integrity: ${integrity}}`, '    dev: false', ...(isOptional ? ['    optional: true'] : []), '']),
].join('\n')
const classic: Writer = (packages) => ['# yarn lockfile v1', '', '', ...packages.flatMap(({ name, version, integrity, resolved }) => [
  `"${name}@^1.0.0", "${name}@x":`, `  version "${version}"`, `  resolved "${resolved}#${'a'.repeat(40)}"`, `  integrity ${integrity}`,
  '  dependencies:', '    a "^1"', '',
])].join('\n')
const berry: Writer = (packages) => ['__metadata:', '  version: 8', '', ...packages.flatMap(({ name, version, resolved, isOptional }) => [
  `"${name}@npm:^1.0.0":`, `  version: ${version}`, `  resolution: "${name}@npm:${version}::__archiveUrl=${encodeURIComponent(resolved)}"`,
  ...(isOptional ? ['  conditions: os=aix'] : []), '  checksum: 10c0/00', '  languageName: node', '  linkType: hard', '',
])].join('\n')
const bun: Writer = (packages) => ['{ // a comment', '"lockfileVersion": 1, "packages": {', ...packages.map(
  ({ name, version, resolved, integrity, isOptional }) =>
    `  "${name}": ["${name}@${version}", "${resolved}", {${isOptional ? '"os": "aix"' : ''}}, "${integrity}",],\n`,
), '},', '}', ''].join('\n')

const WRITERS: readonly (readonly [fileName: string, write: Writer, unsaid: readonly (keyof Whole)[]])[] = [
  ['package-lock.json', npmThree, []],
  ['npm-shrinkwrap.json', npmOne, []],
  ['a/pnpm-lock.yaml', pnpmNine, ['resolved']],
  ['pnpm-lock.yaml', pnpmSix, ['resolved']],
  ['/x/yarn.lock', classic, ['isOptional']],
  ['yarn.lock', berry, ['integrity']],
  ['bun.lock', bun, []],
]

const anyPackage = fc.record({
  name: fc.stringMatching(/^(?:@[a-z0-9~-]{1,4}\/)?[A-Za-z0-9][\w.~'!()-]{0,6}$/).filter(isNpmName),
  version: fc.stringMatching(/^\d\.\d{1,2}\.\d(?:-[a-z0-9-]{1,3}(?:\.\d)?)?(?:\+[a-z]{1,3})?$/).filter(isNpmVersion),
  integrity: fc.string().map((text) => parseIntegrity(`sha512-${createHash('sha512').update(text).digest('base64')}`)),
  resolved: fc.stringMatching(/^[a-z]{1,5}$/).map((path) => `https://r.example/${path}.tgz`),
  isOptional: fc.boolean(),
})
const anyPackages = fc.uniqueArray(anyPackage, { selector: ({ name }) => name, maxLength: 6 })

const expectedOf = ({ isOptional, ...one }: Whole, unsaid: readonly (keyof Whole)[]): object =>
  Object.fromEntries(Object.entries({ ...one, ...(isOptional && { isOptional }) }).filter(([key]) => !(unsaid as readonly string[]).includes(key)))
const byName = (packages: readonly { readonly name?: string }[]): readonly object[] => packages.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
const isRefused = (error: unknown): boolean => isGgenError(error, 'lock-invalid')

describe('a lock file', () => {
  for (const [fileName, write, unsaid] of WRITERS) {
    it(`gives back the packages that were written to ${fileName}${write === pnpmNine ? ' of version 9' : ''}`, () => {
      fc.assert(fc.property(anyPackages, (packages) => {
        const { packages: read, leftOutCount } = parseLockfile(fileName, write(packages))
        assert.deepEqual(byName(read), byName(packages.map((one) => expectedOf(one, unsaid))))
        assert.equal(leftOutCount, 0)
      }))
    })

    it(`is read or refused, whatever happened to ${fileName}${write === pnpmNine ? ' of version 9' : ''}`, () => {
      const anyText = fc.oneof(fc.string(), fc.constantFrom('"', "'", '\n', '  ', '\t', ':', '? x\n', '{', '- ', '|\n', '/*', '\\'))
      const anyChange = fc.tuple(fc.nat(), fc.nat(20), anyText)
      fc.assert(fc.property(anyPackages, anyChange, (packages, [at, count, put]) => {
        const text = write(packages)
        const start = at % (text.length + 1)
        try {
          parseLockfile(fileName, text.slice(0, start) + put + text.slice(start + count))
        } catch (error) {
          assert.ok(isRefused(error), String(error))
        }
      }), { numRuns: 300 })
    })
  }

  it('is read or refused, whatever it holds', () => {
    fc.assert(fc.property(fc.constantFrom(...LOCKFILE_NAMES), fc.oneof(fc.string(), fc.json()), (fileName, text) => {
      try {
        parseLockfile(fileName, text)
      } catch (error) {
        assert.ok(isRefused(error), String(error))
      }
    }))
  })

  it('is known by its name, and another is refused with a word on what to do', () => {
    assert.throws(() => parseLockfile('ggen.lock', ''), (error) => isRefused(error) && (error as { hint: string }).hint.includes('pnpm-lock.yaml'))
    assert.throws(() => parseLockfile('a/bun.lockb', ''), (error) => isRefused(error) && (error as { hint: string }).hint.includes('--save-text-lockfile'))
    assert.throws(() => parseLockfile('x/package-lock.json', '{'), /x\/package-lock\.json: it is not JSON/)
  })

  it('has a limit', () => {
    assert.throws(() => parseLockfile('yarn.lock', '\n'.repeat(LOCKFILE_LIMITS.fileChars + 1)), isRefused)
    const dependencies = Object.fromEntries(Array.from({ length: LOCKFILE_LIMITS.packages + 1 }, (_, index) => [`p${index}`, { version: '1.0.0' }]))
    assert.throws(() => parseLockfile('package-lock.json', JSON.stringify({ lockfileVersion: 1, dependencies })), isRefused)
  })

  it('names a package once that lies in several folders, as optional only where it is so everywhere', () => {
    const at = (path: string, more: object = {}): object => ({ [path]: { version: '1.0.0', ...more } })
    const packages = {
      ...at('node_modules/a', { optional: true }), ...at('node_modules/b/node_modules/a'), ...at('node_modules/c/node_modules/a', { optional: true }),
      ...at('node_modules/d', { optional: true }), ...at('node_modules/e/node_modules/d', { optional: true }),
    }
    const read = parseLockfile('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }))
    assert.deepEqual(read.packages, [{ name: 'a', version: '1.0.0' }, { name: 'd', version: '1.0.0', isOptional: true }])
  })
})
