import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { memoryRegistry, TestClock } from '#testing'
import { registryConformance } from './registry.conformance.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

registryConformance('what this node has', async () => memoryRegistry(new TestClock()))

test('bytes that are not what their digest says are not kept, and the records that need them neither', async () => {
  const { registry } = memoryRegistry(new TestClock())
  const { signal } = new AbortController()
  const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
  for (const wrong of ['tool 1.0.1', 'tool 1.0.0 and more', 'tool']) {
    async function* read(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(wrong)
    }
    await assert.rejects(registry.publish({ ...publication, read }, signal), (error) => isGgenError(error, 'integrity'), wrong)
  }
  assert.equal((await registry.status(signal)).ops, 0)
})
