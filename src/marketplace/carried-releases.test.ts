import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, type ErrorCode, isGgenError } from '#core'
import { memoryHub } from '#network'
import { handedOver, openMarketplace, smallPackage, TestClock, type TestMarketplace } from '#testing'
import type { CarriedReleases } from './carried-releases.ts'

const never = new AbortController().signal

const alone = (): Promise<TestMarketplace> => openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })

const put = async ({ blobs }: TestMarketplace, bytes: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(bytes)
  await writer.seal()
}

/** As the marketplace offers it. */
const carried = ({ marketplace }: TestMarketplace): CarriedReleases => marketplace.carried

describe('releases that are carried where no network goes', () => {
  it('are known and verified there, and install without asking anybody', async () => {
    await using a = await alone()
    await using b = await alone()
    const receipt = await a.publish(smallPackage('io.ggen.tool'), 'alice')
    const { archive } = await handedOver(a, receipt)
    await put(b, archive)
    await carried(b).takeIn(carried(a).recordsOf(receipt), receipt, never)
    const fetched = await b.marketplace.fetch({ spec: { name: receipt.name }, offline: true }, never)
    assert.deepEqual([fetched.version, fetched.identity, fetched.digest], ['1.0.0', receipt.identity, receipt.digest])
    assert.ok(b.events.some((event) => event.type === 'release-added' && event.source === 'bundle'))
  })

  it('are refused where records are damaged, lack the release, or have another archive in it, and where the archive is another', async () => {
    await using a = await alone()
    const first = await a.publish(smallPackage('io.ggen.tool'), 'alice')
    const records = carried(a).recordsOf(first)
    const refused = async (code: ErrorCode, envelopes: readonly Uint8Array[], wanted: Partial<typeof first>): Promise<void> => {
      await using b = await alone()
      await put(b, (await handedOver(a, first)).archive)
      await assert.rejects(carried(b).takeIn(envelopes, { ...first, ...wanted }, never), (error) => isGgenError(error, code))
    }
    const damaged = records.map((envelope, place) => {
      const copy = Uint8Array.from(envelope)
      if (place === records.length - 1) copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
      return copy
    })
    await refused('op-invalid', damaged, {})
    await refused('version-not-found', records.slice(0, -1), {})
    await refused('integrity', records, { digest: digestOf(new Uint8Array(3)) })
  })
})
