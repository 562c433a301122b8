import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseShasum } from '#npm'
import { readYarnClassicLock } from './yarn-classic-lock.ts'

const fault = (what: string): never => { throw new RangeError(what) }
const read = (text: string): readonly unknown[] => readYarnClassicLock(text, fault)
const SHASUM = '0123456789abcdef0123456789abcdef01234567'

it('what yarn 1 asked a registry for is read by its own name, with the SHA-1 behind its address where there is nothing better', () => {
  const text = `# yarn lockfile v1


"@s/a@1 || 2", "@s/a@^1.0.0":
  version "1.0.0"
  resolved "https://r.example/a.tgz#${SHASUM}"
  dependencies:
    version "^7.0.0"
    "@s/b" "^1.0.0"
  optionalDependencies:
    c "1"

"alias@npm:real@^2", "other@npm:@s/real":
  version "2.0.0"
  resolved "real-2.0.0.tgz#${SHASUM}"
  integrity sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=

"b@file:./b":
  version "1.0.0"

"c@user/repository":
  version "1.0.0"
  resolved "https://codeload.example/c/tar.gz/0123"

"d@https://r.example/d.tgz":
  version "1.0.0"
  resolved "https://r.example/d.tgz#${SHASUM}"

e@latest, e@*:
  version "3.0.0"
`
  assert.deepEqual(read(text), [
    { name: '@s/a', version: '1.0.0', resolved: 'https://r.example/a.tgz', integrity: parseShasum(SHASUM) },
    { name: 'real', version: '2.0.0', integrity: 'sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0=' }, undefined, undefined, undefined, { name: 'e', version: '3.0.0' },
  ])
  assert.deepEqual(read(text.replaceAll('\n', '\r\n')), read(text))
  assert.deepEqual(read('"a@npm:@s/real":\n  version "1.0.0"\n'), [{ name: '@s/real', version: '1.0.0' }])
})

it('what yarn 1 does not write is refused, and an empty file names no package', () => {
  assert.deepEqual([read(''), read('# yarn lockfile v1\n')], [[], []])
  for (const text of ['a@1:\n', '  version "1.0.0"\n', '<<<<<<< HEAD\n', 'a@1:\n  version "1.0.0\n', 'a@1\n  version "1.0.0"\n', 'a@1:\n\tversion "1.0.0"\n']) {
    assert.throws(() => read(text), RangeError, text)
  }
})
