import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReleaseOp, TransferReport } from '#core'
import { memoryHub } from '#network'
import { memoryBlobStore, memoryReceiptStore } from '#store'
import { openOp } from '#trust'
import { handedOver, openMarketplace, smallPackage, TestClock } from '#testing'
import { bringRelease, type BringParts } from './bring-release.ts'

const never = new AbortController().signal
const FETCHED: TransferReport = {
  sources: [{ peer: 'a peer' as never, carrier: 'memory', bytes: 1, ranges: [[0, 1]], bytesPerSecond: 1 }], resumedBytes: 0, wastedBytes: 0, durationMs: 1,
}
const WAS_HERE: TransferReport = { ...FETCHED, sources: [] }

/** A published release, and a place that gets its archive with the nth fetch. */
const scene = async (arrivesWith: number, reports: readonly TransferReport[]) => {
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const { envelopes, archive } = await handedOver(elsewhere, await elsewhere.publish(smallPackage('tool'), 'alice'))
  const release = openOp(envelopes.at(-1) ?? assert.fail()) as ReleaseOp
  const blobs = memoryBlobStore()
  const provided: ReleaseOp[] = []
  let fetches = 0
  const fetch = async (): Promise<TransferReport> => {
    fetches += 1
    if (fetches === arrivesWith) {
      await using writer = await blobs.create()
      await writer.append(archive)
      await writer.seal()
    }
    return reports[fetches - 1] ?? FETCHED
  }
  const parts: BringParts = { blobs, receipts: memoryReceiptStore(), clock: new TestClock(), transfers: { fetch }, provide: (op) => provided.push(op) }
  return { parts, release, provided, fetches: () => fetches }
}

test('an archive that came is verified, with its metadata here, told to others, and remembered with who gave it', async () => {
  const { parts, release, provided } = await scene(1, [FETCHED])
  const fetched = await bringRelease(parts, release, { urgency: 'interactive', signal: never })
  assert.equal(fetched.digest, release.body.artifact.digest)
  assert.deepEqual(provided, [release])
  assert.deepEqual(parts.receipts.find(fetched.digest)?.sources, FETCHED.sources)
  assert.notEqual(await parts.blobs.size(release.body.metadata.digest), undefined)
})

test('what lay here and was damaged comes once more from others', async () => {
  const { parts, release, fetches } = await scene(2, [WAS_HERE, FETCHED])
  await bringRelease(parts, release, { urgency: 'interactive', signal: never })
  assert.equal(fetches(), 2)
})

test('what others gave and is not right is no reason to ask again', async () => {
  const { parts, release, fetches, provided } = await scene(2, [FETCHED])
  await assert.rejects(bringRelease(parts, release, { urgency: 'interactive', signal: never }))
  assert.deepEqual([fetches(), provided], [1, []])
})
