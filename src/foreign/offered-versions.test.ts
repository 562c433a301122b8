import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, parsePackageName, parseVersion } from '#core'
import { changedUpstream, isInRange, offeredVersions, whyNotOffered } from './offered-versions.ts'
import { readIndex } from './read-index.ts'

const [one, two] = [digestOf(Buffer.from('1')), digestOf(Buffer.from('2'))]
const version = (text: string, digest?: string): object => ({ name: 'a', version: text, download_url: 'a.tgz', ...(digest !== undefined && { digest }) })
const index = readIndex(Buffer.from(JSON.stringify({
  packages: [version('1.0.0', one), version('1.2.0', one), version('2.0.0-rc.1', one), version('3.0.0'), version('4.0.0', one), version('4.0.0', two)],
})), new URL('https://x.example/'))
const pack = index.packages[0] ?? assert.fail()

describe('the versions of a package of an index', () => {
  it('are those for which it vouches, without those of which it named two digests, now or at first', () => {
    const { vouched, contested, bare } = offeredVersions(pack, index.clashes, (asked) => (asked === '1.0.0' ? two : undefined))
    assert.deepEqual([vouched, contested, bare].map((list) => list.map((each) => each.version)), [['2.0.0-rc.1', '1.2.0'], ['4.0.0', '1.0.0'], ['3.0.0']])
    assert.deepEqual(contested.map(({ digests }) => digests), [[one, two], [two, one]])
  })

  it('are refused with the reason that holds for the range', () => {
    const offered = offeredVersions(pack, index.clashes, () => undefined)
    const codes = [undefined, '4.0.0', '3.0.0', '^9'].map((range) => whyNotOffered(offered, range).code)
    assert.deepEqual(codes, ['disputed', 'disputed', 'digest-invalid', 'version-not-found'])
    assert.throws(() => whyNotOffered(offered, 'no range'), { code: 'range-invalid' })
  })

  it('are in every range that is none', () => {
    const beta = { version: parseVersion('1.0.0-beta') }
    assert.deepEqual([undefined, '*', 'latest', '^1'].map((range) => isInRange(range)(beta)), [true, true, true, false])
    assert.equal(changedUpstream(parsePackageName('a'), beta.version, [one, two]).kind.exitCode, 7)
  })
})
