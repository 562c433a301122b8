import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { digestOf, isGgenError, NPM_LIMITS, type Sha512 } from '#core'
import type { KeptArchive } from './kept-archives.ts'
import type { TrustStore } from './trust-store.ts'

const archive = (name: string, sizeBytes = 10): KeptArchive =>
  ({ digest: digestOf(Buffer.from(name)), sha512: Buffer.from(name.padEnd(64)).toString('hex') as Sha512, sizeBytes })

/** What every trust store must do about archives of npm packages. */
export const keptArchivesConformance = (open: (context: TestContext) => TrustStore): void => {
  test('archives stay for as long as there is a reason', (context) => {
    using store = open(context)
    const { archives } = store
    archives.put('lock a', [archive('x'), archive('y', 5)], 1)
    archives.put('lock b', [archive('x')], 2)
    assert.deepEqual(archives.reasons(), [{ reason: 'lock a', archives: 2, bytes: 15, since: 1 }, { reason: 'lock b', archives: 1, bytes: 10, since: 2 }])
    assert.equal(archives.drop('lock a'), true)
    assert.deepEqual(['x', 'y'].map((name) => [archives.has(archive(name).digest), store.isKept(archive(name).digest)]), [[true, true], [false, false]])
    archives.add('lock b', archive('z'), 3)
    archives.add('lock b', archive('z'), 4)
    assert.deepEqual(archives.reasons(), [{ reason: 'lock b', archives: 2, bytes: 20, since: 4 }])
    archives.put('lock b', [archive('y')], 5)
    assert.deepEqual(['x', 'y', 'z'].map((name) => archives.has(archive(name).digest)), [false, true, false])
    archives.put('lock b', [], 6)
    assert.deepEqual([archives.reasons(), archives.drop('lock b')], [[], false])
  })

  test('what a failed transaction kept is not kept, and there is an end to how much is', (context) => {
    using store = open(context)
    const { archives } = store
    archives.put('lock a', [archive('x')], 1)
    assert.throws(() => store.transact(() => {
      archives.put('lock a', [archive('y')], 2)
      assert.equal(archives.has(archive('y').digest), true)
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual(['x', 'y'].map((name) => archives.has(archive(name).digest)), [true, false])
    const many = Array.from({ length: NPM_LIMITS.keptArchives }, (_, at) => archive(`n${at}`))
    assert.throws(() => archives.put('lock b', many, 3), (error) => isGgenError(error, 'too-busy'))
    assert.deepEqual(archives.reasons().map(({ reason }) => reason), ['lock a'])
    store[Symbol.dispose]()
    assert.throws(() => archives.has(archive('x').digest), (error) => isGgenError(error, 'cancelled'))
  })
}
