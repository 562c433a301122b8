import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Sha512 } from '#core'
import { DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import { KeptLockfiles } from './kept-lockfiles.ts'
import { BYTES, NOWHERE, SHA512 } from './keepers-scene.conformance.ts'

const LOCK = '/p/yarn.lock'

describe('what lock files keep', () => {
  it('is what is here of them, until they are dropped, and others hear of what need not stay', async () => {
    await using scene = new DepotScene()
    const { records, blobs, clock, trust: { archives: kept } } = scene
    scene.registry.publish('1.0.0', BYTES)
    const { digest } = await scene.inTime(scene.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    const gone: (readonly Sha512[])[] = []
    const seen = { lowest: 1, share: 0.5, at: 7 }
    const copies = {
      recruit: () => assert.fail('nobody asked for copies'), letGo: (some: readonly Sha512[]) => void gone.push(some),
      healthOf: (reason: string) => (reason === `lock ${LOCK}` ? seen : undefined),
    }
    const lockfiles = new KeptLockfiles({ records, blobs, kept, clock, copies })
    const keep = async (path: string, tarballs: readonly Sha512[]) => await lockfiles.keep(path, { tarballs, replicas: 3 })
    assert.deepEqual(await keep(LOCK, [SHA512, SHA512, NOWHERE]), { archives: 1, bytes: BYTES.length, missing: [NOWHERE] })
    await keep('/q/yarn.lock', [SHA512])
    assert.deepEqual((await scene.blobs.list()).map(({ isKept }) => isKept), [true])
    kept.add('for peer-x', [{ digest, sha512: SHA512, sizeBytes: 1 }], 7)
    assert.deepEqual(lockfiles.all().map(({ lockfile, peer, copies: of }) => [lockfile ?? peer, of]), [
      ['peer-x', undefined], [LOCK, { wanted: 3, seen }], ['/q/yarn.lock', { wanted: 3 }],
    ])
    assert.deepEqual(gone, [])
    assert.deepEqual([lockfiles.drop(LOCK), lockfiles.drop(LOCK)], [true, false])
    await keep('/q/yarn.lock', [])
    assert.deepEqual(gone, [[SHA512], [SHA512]])
  })
})
