import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Artifact, digestOf, Events, LIMITS, type Sha512 } from '#core'
import { memoryChannels } from '#bulk'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { type BlobStore, memoryBlobStore } from '#store'
import { chunkListId, encodeChunkList } from '#wire'
import { seeded, TestClock } from '#testing'
import { Exchange } from './exchange.ts'

const never = new AbortController().signal
const CONTENT = seeded('exchange').bytes(3 * LIMITS.pieceBytes + 7)
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const LIST = encodeChunkList([0, 1, 2, 3].map((piece) => sha256(CONTENT.subarray(piece * LIMITS.pieceBytes, (piece + 1) * LIMITS.pieceBytes))))
const ARTIFACT: Artifact = {
  digest: digestOf(CONTENT), sha512: createHash('sha512').update(CONTENT).digest('hex') as Sha512, sizeBytes: CONTENT.length, chunks: chunkListId(LIST),
}

const put = async (blobs: BlobStore, content: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(content)
  await writer.seal()
}

interface Node extends AsyncDisposable {
  readonly network: Network
  readonly blobs: BlobStore
  readonly exchange: Exchange
}

const scene = (): { readonly hub: MemoryHub; readonly open: (isBulk: boolean) => Promise<Node> } => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const channels = memoryChannels(clock)
  return {
    hub,
    open: async (isBulk) => {
      const [network, blobs] = [hub.join(), memoryBlobStore()]
      const openBulk = { openBulk: async (shelf: Parameters<typeof channels.join>[1]) => channels.join(network.self, shelf) }
      const exchange = await Exchange.open({ network, blobs, clock, events: new Events(), random: seeded('exchange'), ...(isBulk && openBulk) })
      return {
        network, blobs, exchange,
        [Symbol.asyncDispose]: async () => {
          await exchange[Symbol.asyncDispose]()
          await network[Symbol.asyncDispose]()
        },
      }
    },
  }
}

describe('an exchange of blobs', () => {
  for (const [isBulk, carrier] of [[true, 'memory'], [false, 'stream']] as const) {
    test(`brings a large blob by ${carrier} from whoever holds it`, async () => {
      const { hub, open } = scene()
      await using giver = await open(isBulk)
      await using taker = await open(isBulk)
      hub.link(giver.network.self, taker.network.self)
      await put(giver.blobs, CONTENT)
      await put(giver.blobs, LIST)
      const report = await taker.exchange.transfers.fetch(ARTIFACT, { urgency: 'interactive', signal: never })
      assert.deepEqual(
        report.sources.map(({ peer, carrier: by, bytes, ranges }) => ({ peer, by, bytes, ranges })),
        [{ peer: giver.network.self, by: carrier, bytes: CONTENT.length, ranges: [[0, CONTENT.length]] }],
      )
      assert.ok(Buffer.concat(await Array.fromAsync(taker.blobs.stream(ARTIFACT.digest))).equals(CONTENT))
      assert.equal(await taker.exchange.holderCount(ARTIFACT.digest), 2)
      assert.ok((taker.exchange.scores.of(giver.network.self) ?? 0) > 0.5, 'it served well')
      assert.equal(giver.exchange.scores.of(taker.network.self), undefined)
      assert.deepEqual(await giver.exchange.holdersOf(ARTIFACT, never), [taker.network.self], 'who fetched it gives it')
    })
  }

  test('reads little from whoever gave something last without asking, and from others what that one has not', async () => {
    const { hub, open } = scene()
    await using former = await open(true)
    await using other = await open(true)
    await using taker = await open(true)
    for (const { network } of [former, other]) hub.link(network.self, taker.network.self)
    const [first, second, third] = ['first', 'second', 'third'].map((seed) => seeded(seed).bytes(100_000)) as [Uint8Array, Uint8Array, Uint8Array]
    for (const content of [first, second]) await put(former.blobs, content)
    await put(other.blobs, third)
    const givers = []
    for (const content of [first, second, third]) {
      const artifact = { digest: digestOf(content), sha512: createHash('sha512').update(content).digest('hex') as Sha512, sizeBytes: content.length }
      const { sources, wastedBytes } = await taker.exchange.transfers.fetch(artifact, { urgency: 'interactive', signal: never })
      givers.push(sources.map(({ peer, bytes }) => [peer, bytes]))
      assert.equal(wastedBytes, 0)
      assert.ok(Buffer.concat(await Array.fromAsync(taker.blobs.stream(artifact.digest))).equals(content))
    }
    const [giver, finder] = [former, other].map(({ network }) => [[network.self, 100_000]])
    assert.deepEqual(givers, [giver, giver, finder])
    assert.equal(await taker.exchange.holderCount(digestOf(third)), 2, 'the wrong guess is forgotten')
  })

  test('says no-holder where nobody has it', async () => {
    const { hub, open } = scene()
    await using one = await open(true)
    await using other = await open(true)
    hub.link(one.network.self, other.network.self)
    await assert.rejects(one.exchange.transfers.fetch(ARTIFACT, { urgency: 'interactive', signal: never }), { code: 'no-holder' })
    assert.equal(await one.exchange.holderCount(ARTIFACT.digest), 0)
  })
})
