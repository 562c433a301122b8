import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { Admissions } from '#flow/verify'
import { memoryBlobStore, memoryCatalogue, memoryPackageSearch } from '#store'
import { TestClock } from '#testing'
import { LocalRegistry } from './local-registry.ts'
import { registryConformance } from './registry.conformance.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

const openLocal = (): LocalRegistry => {
  const catalogue = memoryCatalogue()
  const clock = new TestClock()
  const admissions = new Admissions(catalogue, clock)
  return new LocalRegistry({
    catalogue, clock, search: memoryPackageSearch(catalogue), blobs: memoryBlobStore(), admit: (envelope) => admissions.admit(envelope),
  })
}

registryConformance('what this node has', async () => ({ registry: openLocal() }))

test('bytes that are not what their digest says are not kept, and the records that need them neither', async () => {
  const registry = openLocal()
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
