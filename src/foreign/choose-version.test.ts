import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, type ErrorCode, isGgenError, parsePackageName, parseVersion } from '#core'
import { changedUpstream, chooseVersion, isInRange } from './choose-version.ts'
import { readIndex } from './read-index.ts'

const [one, two] = [digestOf(Buffer.from('1')), digestOf(Buffer.from('2'))]
const version = (text: string, digest?: string): object => ({ name: 'a', version: text, download_url: 'a.tgz', ...(digest !== undefined && { digest }) })
const index = readIndex(Buffer.from(JSON.stringify({
  packages: [version('1.0.0', one), version('1.2.0', one), version('2.0.0-rc.1', one), version('3.0.0'), version('4.0.0', one), version('4.0.0', two)],
})), new URL('https://x.example/'))
const chosen = (range?: string): string => chooseVersion(index, parsePackageName('a'), range).version
const fails = (range: string | undefined, code: ErrorCode, name = 'a'): void =>
  assert.throws(() => chooseVersion(index, parsePackageName(name), range), (error) => isGgenError(error, code), range)

describe('the version of an index that a range means', () => {
  it('is the newest for which the index vouches, and no pre-release unless it is asked for', () => {
    assert.deepEqual([chosen('^1'), chosen('1.0.0'), chosen('2.0.0-rc.1'), chosen('>=2.0.0-rc.0 <3')], ['1.2.0', '1.0.0', '2.0.0-rc.1', '2.0.0-rc.1'])
  })

  it('is none where the index contradicts itself, vouches for nothing, or has none', () => {
    fails(undefined, 'disputed')
    fails('4.0.0', 'disputed')
    fails('3.0.0', 'digest-invalid')
    fails('^9', 'version-not-found')
    fails('no range', 'range-invalid')
    fails(undefined, 'package-not-found', 'b')
  })

  it('is in every range that is none', () => {
    const beta = { version: parseVersion('1.0.0-beta') }
    assert.deepEqual([undefined, '*', 'latest', '^1'].map((range) => isInRange(range)(beta)), [true, true, true, false])
    assert.equal(changedUpstream(parsePackageName('a'), beta, [one, two]).kind.exitCode, 7)
  })
})
