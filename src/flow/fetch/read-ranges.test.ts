import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Artifact, digestOf, LIMITS, type Sha512 } from '#core'
import { memoryHub } from '#network'
import { decodeBlobQuestion, encodeBlobAnswer } from '#wire'
import { TestClock, until } from '#testing'
import { readRanges } from './read-ranges.ts'

const never = new AbortController().signal
const RANGES = 10
const artifact: Artifact = { digest: digestOf(Buffer.from('x')), sha512: 'x' as Sha512, sizeBytes: RANGES * LIMITS.blobRangeBytes }

const scene = (sizeBytes = artifact.sizeBytes): { asked: number[]; read: (from: number) => AsyncGenerator<Uint8Array> } => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [network, peer] = [hub.join(), hub.join()]
  hub.link(network.self, peer.self)
  const asked: number[] = []
  peer.answer('/ggen/blob/1', async (question) => {
    const { offset, length } = decodeBlobQuestion(question)
    asked.push(offset / LIMITS.blobRangeBytes)
    return encodeBlobAnswer({ sizeBytes, bytes: new Uint8Array(length) })
  })
  return { asked, read: (from) => readRanges({ network, clock }, { peer: peer.self, artifact, from }, never) }
}

test('a slow reader slows the sender: at most four ranges are under way', async () => {
  const { asked, read } = scene()
  const ranges = read(0)
  await ranges.next()
  await until('four were asked for', () => asked.length === 4)
  await ranges.next()
  await until('one more is asked for', () => asked.length === 5)
  assert.deepEqual(asked, [0, 1, 2, 3, 4])
  await ranges.return(undefined)
})

test('reading begins where it is told to', async () => {
  const { asked, read } = scene()
  assert.equal((await Array.fromAsync(read(8 * LIMITS.blobRangeBytes))).length, 2)
  assert.deepEqual(asked, [8, 9])
})

test('a holder that names another size is not believed', async () => {
  await assert.rejects(scene(artifact.sizeBytes + 1).read(0).next(), { code: 'integrity' })
})
