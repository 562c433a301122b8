import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, Events, type TransferProgress } from '#core'
import { hearProgress } from './hear-progress.ts'

test('only the progress of the blob in question is heard, and only until the end', () => {
  const events = new Events()
  const [ours, other] = [digestOf(Buffer.from('ours')), digestOf(Buffer.from('other'))]
  const progress = { type: 'transfer-progress', digest: ours, receivedBytes: 1, sizeBytes: 2, bytesPerSecond: 3, sources: 1 } as const
  const heard: TransferProgress[] = []
  {
    using _hearing = hearProgress(events, ours, (one) => heard.push(one))
    events.emit(progress)
    events.emit({ ...progress, digest: other })
  }
  events.emit(progress)
  assert.deepEqual(heard, [progress])
})
