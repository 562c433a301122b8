import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Artifact, digestOf, Events, LIMITS, type PeerId, type Sha512 } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { type BlobStore, memoryBlobStore } from '#store'
import { decodeBlobQuestion, encodeBlobAnswer, encodeHaveAnswer } from '#wire'
import { seeded, TestClock } from '#testing'
import { answerBlobs } from './answer-blobs.ts'
import { answerHave } from './answer-have.ts'
import { fetchBlob, type Sources } from './fetch-blob.ts'
import { HolderFinder } from './find-holders.ts'
import { createShelf } from './shelf.ts'

const never = new AbortController().signal
const clock = new TestClock()
/** Five ranges and a bit. */
const CONTENT = seeded('blob').bytes(5 * LIMITS.blobRangeBytes + 123)
const ARTIFACT: Artifact = { digest: digestOf(CONTENT), sha512: createHash('sha512').update(CONTENT).digest('hex') as Sha512, sizeBytes: CONTENT.length }

const put = async (blobs: BlobStore, content: Uint8Array): Promise<void> => {
  await using writer = await blobs.create()
  await writer.append(content)
  await writer.seal()
}

/** A reader and holders around it; `corrupt` changes ranges by their number, `endure` ends a holder after so many ranges. */
class Scene {
  readonly hub: MemoryHub = memoryHub({ clock })
  readonly reader: Network = this.hub.join()
  readonly blobs: BlobStore = memoryBlobStore()
  readonly asked: number[] = []

  async holder({ corrupt = () => false, endure = Infinity }: { corrupt?: (range: number) => boolean; endure?: number } = {}): Promise<PeerId> {
    const network = this.hub.join()
    this.hub.link(this.reader.self, network.self)
    let served = 0
    network.answer('/ggen/have/1', async () => encodeHaveAnswer({ held: [{ sizeBytes: CONTENT.length }], bulk: undefined }))
    network.answer('/ggen/blob/1', async (question) => {
      const { offset, length } = decodeBlobQuestion(question)
      const range = offset / LIMITS.blobRangeBytes
      this.asked.push(range)
      if (served++ >= endure) return encodeBlobAnswer(undefined)
      const bytes = Uint8Array.from(CONTENT.subarray(offset, offset + length))
      if (corrupt(range)) bytes[0] = (bytes[0] ?? 0) ^ 1
      return encodeBlobAnswer({ sizeBytes: CONTENT.length, bytes })
    })
    return network.self
  }

  fetch(signal = never): Promise<Sources> {
    const finder = new HolderFinder({ network: this.reader, clock })
    return fetchBlob({ network: this.reader, blobs: this.blobs, finder, events: new Events(), clock }, ARTIFACT, signal)
  }

  async whole(): Promise<boolean> {
    return Buffer.compare(Buffer.concat(await Array.fromAsync(this.blobs.stream(ARTIFACT.digest))), CONTENT) === 0
  }
}

describe('fetching a blob', () => {
  test('in ranges from one holder, each asked for once', async () => {
    const scene = new Scene()
    const peer = await scene.holder()
    assert.deepEqual(await scene.fetch(), [{ peer, bytes: CONTENT.length }])
    assert.ok(await scene.whole())
    assert.deepEqual(scene.asked.sort((a, b) => a - b), [0, 1, 2, 3, 4, 5])
    assert.deepEqual(await scene.fetch(), [], 'a second time it is here')
  })

  test('goes on from another holder where one failed', async () => {
    const scene = new Scene()
    const [first, second] = [await scene.holder({ endure: 3 }), await scene.holder()]
    const given = 3 * LIMITS.blobRangeBytes
    assert.deepEqual(await scene.fetch(), [{ peer: first, bytes: given }, { peer: second, bytes: CONTENT.length - given }])
    assert.ok(await scene.whole())
  })

  test('finds the one honest holder among liars, also when bytes were mixed', async () => {
    const scene = new Scene()
    await scene.holder({ corrupt: (range) => range === 1, endure: 2 })
    await scene.holder({ corrupt: (range) => range === 5 })
    const honest = await scene.holder()
    assert.deepEqual(await scene.fetch(), [{ peer: honest, bytes: CONTENT.length }])
    assert.ok(await scene.whole())
  })

  test('keeps nothing when all lie, and says integrity', async () => {
    const scene = new Scene()
    for (let liar = 0; liar < 3; liar++) await scene.holder({ corrupt: (range) => range === liar })
    await assert.rejects(scene.fetch(), { code: 'integrity' })
    assert.equal((await scene.blobs.usage()).count, 0)
  })

  test('says no-holder when nobody has it, and ends at once when the caller leaves', async () => {
    const scene = new Scene()
    await assert.rejects(scene.fetch(), { code: 'no-holder' })
    await assert.rejects(scene.fetch(AbortSignal.abort(new Error('enough'))), /enough/)
  })
})

test('answers give ranges of what is held, and nothing of what is not', async () => {
  const hub = memoryHub({ clock })
  const [reader, server] = [hub.join(), hub.join()]
  hub.link(reader.self, server.self)
  const [theirs, mine] = [memoryBlobStore(), memoryBlobStore()]
  using _answering = answerBlobs(server, theirs)
  using _having = answerHave({ network: server, shelf: createShelf({ blobs: theirs, running: () => undefined }) })
  const parts = { network: reader, blobs: mine, events: new Events(), clock }
  const fetch = (): Promise<Sources> => fetchBlob({ ...parts, finder: new HolderFinder({ network: reader, clock }) }, ARTIFACT, never)
  await assert.rejects(fetch(), { code: 'no-holder' })
  await put(theirs, CONTENT)
  assert.deepEqual(await fetch(), [{ peer: server.self, bytes: CONTENT.length }])
})
