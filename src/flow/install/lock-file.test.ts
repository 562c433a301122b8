import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestFromBytes, isGgenError, type IdentityId, isPackageName, type PackageName, sha512FromBytes, type Version } from '#core'
import { formatLock, parseLock, withPackage } from './lock-file.ts'
import type { SignedRelease } from './verified-archive.ts'

const name = fc
  .stringMatching(/^(?:@?[a-z][a-z0-9]{0,8}\/)?[a-z][a-z0-9]{0,8}(?:\.[a-z]{1,5})?$/)
  .filter((text) => isPackageName(text))

const release = fc.record(
  {
    name,
    version: fc.stringMatching(/^[1-9]\.[1-9]\d?\.[1-9](?:-rc\.[1-9])?(?:\+[a-z]{1,3})?$/) as fc.Arbitrary<Version>,
    identity: fc.stringMatching(/^bafyrei[a-h][a-z2-7]{50}[aeimquy4]$/) as fc.Arbitrary<IdentityId>,
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(digestFromBytes),
    sha512: fc.uint8Array({ minLength: 64, maxLength: 64 }).map(sha512FromBytes),
    sizeBytes: fc.nat(),
  },
  { noNullPrototype: true },
)
const lock = fc.uniqueArray(release, { selector: ({ name }) => name, maxLength: 8 })

const sample = (name: string, more: Partial<SignedRelease> = {}): SignedRelease => ({
  name: name as PackageName,
  version: '1.0.0' as Version,
  identity: `bafyrei${'a'.repeat(52)}` as IdentityId,
  digest: digestFromBytes(new Uint8Array(32)),
  sha512: sha512FromBytes(new Uint8Array(64)),
  sizeBytes: 7,
  ...more,
})

const refused = (message: RegExp) => (error: unknown): boolean => isGgenError(error, 'lock-invalid') && message.test(error.message)

describe('ggen.lock', () => {
  it('looks like this', () => {
    assert.equal(
      formatLock([sample('b'), sample('@x/a')]),
      `# Written by ggen; keep it under version control.
version = 1

[[package]]
name = "@x/a"
version = "1.0.0"
identity = "bafyrei${'a'.repeat(52)}"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "sha512-${'A'.repeat(86)}=="
size = 7

[[package]]
name = "b"
version = "1.0.0"
identity = "bafyrei${'a'.repeat(52)}"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "sha512-${'A'.repeat(86)}=="
size = 7
`,
    )
  })

  it('gives back what was written, in whatever order it came', () => {
    fc.assert(
      fc.property(lock, fc.nat(), (packages, turn) => {
        const turned = [...packages.slice(turn % (packages.length + 1)), ...packages.slice(0, turn % (packages.length + 1))]
        assert.equal(formatLock(turned), formatLock(packages))
        assert.deepEqual(parseLock(formatLock(turned)), packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      }),
    )
  })

  it('merges: two branches that add different packages change different lines', () => {
    fc.assert(
      fc.property(lock, release, (packages, added) => {
        fc.pre(packages.every(({ name }) => name !== added.name))
        const before = formatLock(packages)
        const after = formatLock(withPackage(packages, added))
        const block = formatLock([added]).split('\n').slice(2).join('\n')
        const place = after.indexOf(`\n[[package]]\nname = "${added.name}"\n`)
        assert.equal(after.slice(0, place) + after.slice(place + block.length), before)
      }),
    )
  })

  it('keeps other packages when one is put in', () => {
    const two = withPackage([sample('a'), sample('b')], sample('a', { version: '2.0.0' as Version }))
    assert.deepEqual(two.map(({ name, version }) => `${name} ${version}`), ['a 2.0.0', 'b 1.0.0'])
  })

  it('passes over keys that it does not know, of version 1 only', () => {
    const text = formatLock([sample('a')])
    assert.deepEqual(parseLock(`${text}more = true\n[extra]\nx = 1\n`), [sample('a')])
    assert.throws(() => parseLock(text.replace('version = 1', 'version = 2')), refused(/newer ggen/))
  })

  it('names what is wrong', () => {
    const text = formatLock([sample('a')])
    const block = text.slice(text.indexOf('\n[[package]]'))
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /no version = 1/],
      ['version = "1"', /no version = 1/],
      ['version = 0', /no version = 1/],
      ['version = 1\npackage = 3', /list of tables/],
      ['version = 1\npackage = [3]', /package 1 is no table/],
      ['<<<<<<< ours', /line 1, column/],
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
    ]
    for (const [lockText, message] of wrong) assert.throws(() => parseLock(lockText), refused(message), lockText)
    assert.throws(() => parseLock(`version = 1 #${'x'.repeat(17_000_000)}`), refused(/too large/))
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
      fc.property(lock, fc.nat(), fc.nat(127), (packages, place, byte) => {
        const bytes = Buffer.from(formatLock(packages))
        bytes[place % bytes.length] = byte
        typed(bytes.toString())
      }),
      { numRuns: 500 },
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
