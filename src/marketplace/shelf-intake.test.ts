import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, GgenError, isGgenError } from '#core'
import { createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { type BlobStore, memoryBlobStore, memoryCatalogue, memoryRegistryRecords } from '#store'
import { openOp } from '#trust'
import { Publisher, TestClock } from '#testing'
import { type IntakeParts, ShelfIntake } from './shelf-intake.ts'

const never = new AbortController().signal
const GRANT = { id: 'token', covers: () => true, replicas: 0 }

interface Scene {
  readonly parts: IntakeParts
  readonly intake: ShelfIntake
  readonly records: readonly Uint8Array[]
}

/** An intake that takes every op, and one release that was published on it. */
const scene = async (change: Partial<IntakeParts> = {}): Promise<Scene> => {
  const clock = new TestClock()
  const catalogue = memoryCatalogue()
  const blobs = memoryBlobStore()
  const parts: IntakeParts = {
    clock, catalogue, blobs,
    network: memoryHub({ clock }).join(),
    views: createViews(catalogue),
    promises: memoryRegistryRecords(),
    judge: async (envelopes) => envelopes.forEach((envelope) => catalogue.putOp(openOp(envelope))),
    bring: async () => undefined,
    replicate: async () => ({ wanted: 0, holders: [], promised: [], declined: [] }),
    spread: () => undefined,
    ...change,
  }
  const alice = new Publisher('alice')
  const records = [alice.genesis, alice.release('tool', '1.0.0', { content: 'tool' }).bytes]
  await using writer = await blobs.create()
  await writer.append(Buffer.from('tool'))
  await writer.seal(digestOf(Buffer.from('tool')))
  return { parts, intake: new ShelfIntake(parts), records }
}

test('what is taken is promised with the blobs that belong to it and the token it came with', async () => {
  const { parts, intake, records } = await scene()
  await intake.take(records, GRANT, never)
  const { ops } = parts.promises.promisedOps(0, 10)
  assert.deepEqual(ops.map(({ by }) => by), ['token', 'token'])
  assert.ok(parts.promises.keeps(digestOf(Buffer.from('tool'))) && parts.promises.keeps(digestOf(Buffer.from('{}'))))
})

test('an archive that went for want of room before it was promised is asked for again', async () => {
  let looks = 0
  const blobs: BlobStore = memoryBlobStore()
  const forgetful = new Proxy(blobs, {
    get: (target, key) => (key === 'size' ? async () => (looks++ === 0 ? 4 : undefined) : Reflect.get(target, key).bind(target)),
  })
  const { intake, records } = await scene({ blobs: forgetful })
  await assert.rejects(intake.take(records, GRANT, never), (error) => isGgenError(error, 'blob-not-found'))
})

test('an archive that nobody gives in time is one that is not here, and any other fault is told as it is', async () => {
  const elsewhere = memoryBlobStore()
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [network, other] = [hub.join(), hub.join()]
  hub.link(network.self, other.self)
  const faults = [['no-holder', 'blob-not-found'], ['archive-unsafe', 'archive-unsafe'], ['disk-full', 'disk-full']] as const
  for (const [thrown, told] of faults) {
    const bring = async (): Promise<never> => {
      throw new GgenError(thrown, 'planted')
    }
    const { intake, records, parts } = await scene({ blobs: elsewhere, network, clock, bring })
    await assert.rejects(intake.take(records, GRANT, never), (error) => isGgenError(error, told))
    assert.deepEqual(parts.promises.promisedOps(0, 1).ops, [])
  }
})

test('everything that a record stands on is promised with it, also what came another way', async () => {
  const { parts, intake, records } = await scene()
  for (const record of records) parts.catalogue.putOp(openOp(record))
  const [, release] = records
  assert.ok(release !== undefined)
  const { accepted } = await intake.take([release], GRANT, never)
  assert.deepEqual([accepted, parts.promises.promisedOps(0, 10).ops.length], [[openOp(release).id], 2])
})
