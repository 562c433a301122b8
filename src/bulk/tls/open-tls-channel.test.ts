import { blobSourceConformance } from '../blob-source.conformance.ts'
import { introduce, knownPeer, openFor } from './tls-scene.conformance.ts'

const ALICE = knownPeer('alice')
const BOB = knownPeer('bob')

blobSourceConformance('the channel over TLS', 'tls', async (shelf) => {
  const alice = await openFor(ALICE)
  const bob = await openFor(BOB, { shelf })
  introduce([ALICE, alice], [BOB, bob])
  return {
    source: alice,
    peer: BOB.id,
    [Symbol.asyncDispose]: async () => {
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    },
  }
})
