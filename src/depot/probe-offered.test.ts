import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, type ReleaseOp } from '#core'
import { parseNpmSpec } from '#npm'
import { memoryBlobStore } from '#store'
import { Publisher, TestClock } from '#testing'
import type { Market } from './market.ts'
import type { Probe } from './probe.ts'
import { probeOffered } from './probe-offered.ts'

const never = new AbortController().signal
const CONTENT = Buffer.from('an archive')

describe('probing a package of the network', () => {
  const publisher = new Publisher('ada')
  const releaseOf = (version: string): ReleaseOp => publisher.release('@acme/thing', version, { content: CONTENT })
  const releases = ['1.0.0', '1.2.0', '2.0.0'].map((version) => ({ release: releaseOf(version), since: 0 }))
  const market = { of: async () => ({ identity: publisher.identity, releases, tags: new Map([['old', releases[0]?.release.body.version ?? assert.fail()]]) }) }
  const blobs = memoryBlobStore()
  const ask = (wanted: string, of: Pick<Market, 'of'> = market): Promise<Probe> =>
    probeOffered({ market: of, blobs, clock: new TestClock() }, parseNpmSpec(`@acme/thing@${wanted}`), never)

  it('finds the version that is meant, and whether its archive is here', async () => {
    assert.deepEqual(await Promise.all(['', '^1', 'old', '2.0.0', '^9', 'next'].map(async (wanted) => (await ask(wanted)).version)),
      ['2.0.0', '1.2.0', '1.0.0', '2.0.0', undefined, undefined])
    assert.deepEqual([(await ask('')).verdict, (await ask('^9')).verdict.why], [{ from: 'network', canChoose: true }, 'no-such-version'])
    await using writer = await blobs.create()
    await writer.append(CONTENT)
    await writer.seal(releases[0]?.release.body.artifact.digest ?? assert.fail())
    assert.deepEqual([(await ask('')).verdict.from, (await ask('')).disk], ['disk', { sizeBytes: CONTENT.length }])
  })

  it('says why it may not be installed', async () => {
    const refusing = (code: 'package-not-found' | 'name-unverified') => ({ of: async () => Promise.reject(new GgenError(code, 'why')) })
    const unknown = await ask('', refusing('package-not-found'))
    assert.deepEqual([unknown.upstream.state, unknown.upstream.why, unknown.verdict.from], ['has-not', 'why', 'nowhere'])
    assert.equal((await ask('', refusing('name-unverified'))).upstream.state, 'denies')
    await assert.rejects(ask('', { of: async () => Promise.reject(new TypeError('a bug')) }), TypeError)
  })
})
