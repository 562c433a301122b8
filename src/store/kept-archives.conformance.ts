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
    archives.put('lock a', [archive('x'), archive('y', 5)], { since: 1, copies: 3 })
    archives.put('lock b', [archive('x')], { since: 2, copies: 1 })
    const [a, b] = [{ reason: 'lock a', archives: 2, bytes: 15, since: 1, copies: 3 }, { reason: 'lock b', archives: 1, bytes: 10, since: 2, copies: 1 }]
    assert.deepEqual(archives.reasons(), [a, b])
    assert.equal(archives.drop('lock a'), true)
    assert.deepEqual(['x', 'y'].map((name) => [archives.has(archive(name).digest), store.isKept(archive(name).digest)]), [[true, true], [false, false]])
    archives.add('lock b', [archive('z')], 3)
    archives.add('lock b', [archive('z')], 4)
    assert.deepEqual(archives.reasons(), [{ reason: 'lock b', archives: 2, bytes: 20, since: 4, copies: 1 }])
    archives.put('lock b', [archive('y')], { since: 5, copies: 0 })
    assert.deepEqual(['x', 'y', 'z'].map((name) => archives.has(archive(name).digest)), [false, true, false])
    archives.put('lock b', [], { since: 6, copies: 0 })
    assert.deepEqual([archives.reasons(), archives.drop('lock b')], [[], false])
  })

  test('archives that stay are listed, and go one by one, or when nobody has asked for them again', (context) => {
    using store = open(context)
    const { archives } = store
    const [x, y, z] = ['x', 'y', 'z'].map((name) => archive(name)).toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
    assert.ok(x !== undefined && y !== undefined && z !== undefined)
    archives.add('for a', [z, x, y], 1)
    archives.add('for a', [y], 5)
    archives.put('lock a', [x], { since: 1, copies: 2 })
    assert.deepEqual(archives.of('for a'), [x, y, z])
    assert.deepEqual([archives.of('for'), archives.of('lock a')], [[], [x]])
    assert.deepEqual([x, y].map(({ digest }) => archives.since('for a', digest)), [1, 5])
    assert.deepEqual([archives.since('lock a', y.digest), archives.since('lock b', y.digest)], [undefined, undefined])
    archives.remove('for a', [z.sha512, x.sha512])
    archives.remove('for b', [y.sha512])
    assert.deepEqual([x, y, z].map(({ digest }) => archives.has(digest)), [true, true, false])
    archives.add('for a', [z], 2)
    archives.lapse('for ', 5)
    assert.deepEqual([archives.of('for a'), archives.of('lock a')], [[y], [x]], 'what is for something else stays')
    archives.lapse('for ', 6)
    assert.deepEqual(archives.reasons().map(({ reason }) => reason), ['lock a'])
  })

  test('what a failed transaction kept is not kept, and there is an end to how much is', (context) => {
    using store = open(context)
    const { archives } = store
    archives.put('lock a', [archive('x')], { since: 1, copies: 0 })
    assert.throws(() => store.transact(() => {
      archives.put('lock a', [archive('y')], { since: 2, copies: 0 })
      assert.equal(archives.has(archive('y').digest), true)
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual(['x', 'y'].map((name) => archives.has(archive(name).digest)), [true, false])
    const many = Array.from({ length: NPM_LIMITS.keptArchives }, (_, at) => archive(`n${at}`))
    assert.throws(() => archives.put('lock b', many, { since: 3, copies: 0 }), (error) => isGgenError(error, 'too-busy'))
    assert.deepEqual(archives.reasons().map(({ reason }) => reason), ['lock a'])
    store[Symbol.dispose]()
    assert.throws(() => archives.has(archive('x').digest), (error) => isGgenError(error, 'cancelled'))
  })
}
