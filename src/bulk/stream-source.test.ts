import { memoryHub } from '#network'
import { TestClock } from '#testing'
import { answerBlobs } from './answer-blobs.ts'
import { blobSourceConformance } from './blob-source.conformance.ts'
import { streamSource } from './stream-source.ts'

blobSourceConformance('the stream inside libp2p (network in memory)', 'stream', async (shelf) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [alice, bob] = [hub.join(), hub.join()]
  hub.link(alice.self, bob.self)
  const answering = answerBlobs(bob, shelf)
  return {
    source: streamSource({ network: alice, clock }),
    peer: bob.self,
    [Symbol.asyncDispose]: async () => {
      answering[Symbol.dispose]()
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    },
  }
})
