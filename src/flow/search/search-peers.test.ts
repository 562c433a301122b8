import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GgenError, LIMITS } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { type Catalogue, memoryCatalogue } from '#store'
import { Publisher, TestClock, until } from '#testing'
import { encodeSearchOps } from '#wire'
import { answerSearch } from './answer-search.ts'
import { parseQuery } from './parse-query.ts'
import { searchLocal } from './search-local.ts'
import { searchPeers } from './search-peers.ts'

const never = new AbortController().signal
const alice = new Publisher('alice')

/** A catalogue with one entry per word of description. */
const catalogueOf = (...descriptions: readonly string[]): Catalogue => {
  const catalogue = memoryCatalogue()
  for (const [index, description] of descriptions.entries()) {
    const { id, identity, at, body } = alice.release(`package-${index}`, '1.0.0', { summary: { description } })
    const { name, version, artifact, summary } = body
    catalogue.putEntry({ identity, name, version, digest: artifact.digest, ...summary, at, op: id })
  }
  return catalogue
}

const scene = (): { hub: MemoryHub; clock: TestClock; asker: Network; peer: () => Network } => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const asker = hub.join()
  return {
    hub, clock, asker,
    peer: () => {
      const peer = hub.join()
      hub.link(asker.self, peer.self)
      return peer
    },
  }
}

describe('asking peers', () => {
  test('takes in the ops of every answer; slow, wrong and silent peers only cost their own', async () => {
    const { asker, clock, peer } = scene()
    const release = alice.release('tool', '1.0.0')
    peer().answer('/ggen/search/1', async () => encodeSearchOps({ ops: [alice.genesis, release.bytes] }))
    peer().answer('/ggen/search/1', async () => Buffer.from('not a message'))
    peer().answer('/ggen/search/1', () => new Promise(() => {}))
    const taken: Uint8Array[] = []
    const searching = searchPeers({ network: asker, clock, take: async (ops) => void taken.push(...ops) }, parseQuery({ words: ['tool'] }), never)
    await until('the quick answer is there', () => taken.length === 2)
    clock.advance(LIMITS.peerSearchTimeoutMs)
    assert.equal(await searching, 1)
    assert.deepEqual(taken.map((bytes) => Buffer.from(bytes)), [alice.genesis, release.bytes].map((bytes) => Buffer.from(bytes)))
  })

  test('an answer that is not valid is one answer less', async () => {
    const { asker, clock, peer } = scene()
    peer().answer('/ggen/search/1', async () => encodeSearchOps({ ops: [alice.genesis] }))
    const take = async (): Promise<void> => {
      throw new GgenError('op-invalid', 'no')
    }
    assert.equal(await searchPeers({ network: asker, clock, take }, parseQuery({ words: ['tool'] }), never), 0)
  })
})

describe('answering a peer', () => {
  test('gives the ops of the best hits, as many whole hits as fit', async () => {
    const { asker, clock, peer } = scene()
    const server = peer()
    const catalogue = catalogueOf('about nothing', 'about http')
    using _answering = answerSearch(server, catalogue, (_identity, name) => (name === 'package-0' ? [new Uint8Array(LIMITS.feedAnswerBytes)] : [alice.genesis]))
    const taken: Uint8Array[] = []
    assert.equal(await searchPeers({ network: asker, clock, take: async (ops) => void taken.push(...ops) }, parseQuery({ words: ['about'] }), never), 1)
    assert.deepEqual(taken.map((bytes) => Buffer.from(bytes)), [Buffer.from(alice.genesis)])
  })
})

test('a local search ranks, limits and counts', () => {
  const catalogue = catalogueOf('about http', 'about rust', 'about http and rust')
  const { total, ranked } = searchLocal(catalogue, parseQuery({ words: ['about'], limit: 2 }))
  assert.equal(total, 3)
  assert.deepEqual(ranked.map(({ entry }) => entry.name), ['package-0', 'package-1'])
  assert.deepEqual(searchLocal(catalogue, parseQuery({ words: ['rust', 'http'] })).ranked.map(({ entry }) => entry.name), ['package-2'])
})
