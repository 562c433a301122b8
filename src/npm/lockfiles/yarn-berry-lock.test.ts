import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isYarnBerryLock, readYarnBerryLock } from './yarn-berry-lock.ts'

const fault = (what: string): never => { throw new RangeError(what) }
const block = (key: string, resolution: string, more = ''): string => `${key}:\n  version: 9.9.9\n  resolution: "${resolution}"\n${more}  linkType: hard\n\n`

it('what yarn 2 and later resolved by a registry is read, and everything else left out', () => {
  const text = `# x\n\n__metadata:\n  version: 8\n  cacheKey: 10c0\n\n${[
    block('"@s/a@npm:^1.0.0, alias@npm:@s/a@^1"', '@s/a@npm:1.2.3', '  dependencies:\n    resolution: "npm:^1"\n  checksum: 10c0/00\n'),
    block('"b@npm:^1"', 'b@npm:1.0.0::__archiveUrl=https%3A%2F%2Fr.example%2Fb.tgz', '  conditions: os=aix & cpu=ppc64\n'),
    block('"c@patch:c@npm%3A^1#optional!builtin"', 'c@patch:c@npm%3A1.0.0#optional!builtin<compat/c>::version=1.0.0&hash=1'),
    block('"d@https://git.example/d.git"', 'd@https://git.example/d.git#commit=0123'),
    block('"e@workspace:packages/e"', 'e@workspace:packages/e'),
    block('"project@workspace:."', 'project@workspace:.'),
    block('? "f@npm:1, f@npm:2"\n', 'f@npm:2.0.0'),
  ].join('')}`
  assert.equal(isYarnBerryLock(text), true)
  assert.deepEqual(readYarnBerryLock(text, fault), [
    { name: '@s/a', version: '1.2.3' }, { name: 'b', version: '1.0.0', resolved: 'https://r.example/b.tgz', isOptional: true }, undefined, undefined, undefined,
    { name: 'f', version: '2.0.0' },
  ])
})

it('an entry that does not say what it is is refused, and files of yarn 1 are not taken for those of yarn 2', () => {
  assert.throws(() => readYarnBerryLock('__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1.0.0\n', fault), RangeError)
  assert.equal(isYarnBerryLock('# yarn lockfile v1\n\na@1:\n  version "1.0.0"\n'), false)
})
