import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { digestOf, type Sha512 } from '#core'
import { keptArchivesConformance } from './kept-archives.conformance.ts'
import { MemoryKeptArchives } from './memory-kept-archives.ts'
import { memoryTrustStore } from './memory-trust-store.ts'
import { UndoLog } from './undo-log.ts'

suite('a trust store in memory keeps archives', () => keptArchivesConformance(() => memoryTrustStore()))

test('what is put in a transaction of the log it was given is taken back with it', () => {
  const undo = new UndoLog()
  const archives = new MemoryKeptArchives(undo, () => undefined)
  const archive = { digest: digestOf(Buffer.from('x')), sha512: '0'.repeat(128) as Sha512, sizeBytes: 1 }
  assert.throws(() => undo.transact(() => {
    archives.put('lock', [archive], { since: 1, copies: 0 })
    throw new RangeError('no')
  }), RangeError)
  assert.deepEqual(archives.reasons(), [])
})
