import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isForSomeSystems, lockedEntry, splitAt, webAddress } from './locked-package.ts'

const fault = (what: string): never => assert.fail(what)

it('an address of an archive shows no password, and is of the web', () => {
  assert.equal(webAddress('https://r.example/a%2fb/-/b-1.0.0.tgz#abc'), 'https://r.example/a%2fb/-/b-1.0.0.tgz')
  assert.equal(webAddress('http://user:secret@r.example/b.tgz?x=1#abc'), 'http://r.example/b.tgz?x=1')
  for (const text of [undefined, '', 'b.tgz', 'file:b.tgz', 'git+ssh://git@r.example/b', 'https://', `https://r.example/${'b'.repeat(2048)}`]) {
    assert.equal(webAddress(text), undefined)
  }
})

it('an entry is left out where no registry could know it, and refused where its integrity is broken', () => {
  assert.deepEqual(lockedEntry({ name: 'a', version: '1.0.0', integrity: '', resolved: 'x', isOptional: false }, fault), { name: 'a', version: '1.0.0' })
  assert.equal(lockedEntry({ name: '../a', version: '1.0.0' }, fault), undefined)
  assert.equal(lockedEntry({ name: 'a', version: 'github:a/b' }, fault), undefined)
  assert.throws(() => lockedEntry({ name: 'a', version: '1.0.0', integrity: 'sha512-abc' }, (what) => { throw new RangeError(what) }), /integrity of a@1\.0\.0/)
})

it('a name ends at the first @ that is not its own', () => {
  assert.deepEqual(['a@1', '@s/a@npm:b@1', 'a', '@s/a', ''].map(splitAt), [['a', '1'], ['@s/a', 'npm:b@1'], undefined, undefined, undefined])
  assert.deepEqual([{ os: 'aix' }, { cpu: ['x64'] }, { libc: 'musl' }, { bin: 'x' }].map(isForSomeSystems), [true, true, true, false])
})
