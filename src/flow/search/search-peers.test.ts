import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GgenError, LIMITS } from '#core'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { type Catalogue, memoryCatalogue, memoryPackageSearch } from '#store'
import { Publisher, TestClock, until } from '#testing'
import { encodeSearchOps } from '#wire'
import { answerSearch } from './answer-search.ts'
import { parseQuery } from './parse-query.ts'
import { questionOf, searchPeers } from './search-peers.ts'

const never = new AbortController().signal
const alice = new Publisher('alice')

/** A catalogue with one entry per word of description. */
const catalogueOf = (...descriptions: readonly string[]): Catalogue => {
  const catalogue = memoryCatalogue()
  for (const [index, description] of descriptions.entries()) {
    const { id, identity, at, body } = alice.release(`package-${index}`, '1.0.0', { summary: { description } })
    const { name, version, artifact, summary, kind, scripts } = body
    catalogue.putEntry({ identity, name, version, digest: artifact.digest, ...summary, kind, scripts, deprecated: false, at, known: at, op: id })
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
    assert.deepEqual(await searching, { asked: 3, answered: 1 })
    assert.deepEqual(taken.map((bytes) => Buffer.from(bytes)), [alice.genesis, release.bytes].map((bytes) => Buffer.from(bytes)))
  })

  test('an answer that is not valid is one answer less', async () => {
    const { asker, clock, peer } = scene()
    peer().answer('/ggen/search/1', async () => encodeSearchOps({ ops: [alice.genesis] }))
    const take = async (): Promise<void> => {
      throw new GgenError('op-invalid', 'no')
    }
    assert.deepEqual(await searchPeers({ network: asker, clock, take }, parseQuery({ words: ['tool'] }), never), { asked: 1, answered: 0 })
  })
})

describe('answering a peer', () => {
  test('gives the ops of the best hits, as many whole hits as fit', async () => {
    const { asker, clock, peer } = scene()
    const server = peer()
    const catalogue = catalogueOf('about nothing', 'about http')
    await using search = memoryPackageSearch(catalogue)
    using _answering = answerSearch({
      network: server, search, clock, hitOps: (_identity, name) => (name === 'package-0' ? [new Uint8Array(LIMITS.feedAnswerBytes)] : [alice.genesis]),
    })
    const taken: Uint8Array[] = []
    const asking = { network: asker, clock, take: async (ops: readonly Uint8Array[]) => void taken.push(...ops) }
    assert.deepEqual(await searchPeers(asking, parseQuery({ words: ['about'] }), never), { asked: 1, answered: 1 })
    assert.deepEqual(taken.map((bytes) => Buffer.from(bytes)), [Buffer.from(alice.genesis)])
  })
})

test('all pages of a query are one question, and each filter makes another', () => {
  const text = (raw: Partial<Parameters<typeof parseQuery>[0]>): string => Buffer.from(questionOf(parseQuery({ words: ['a'], ...raw }))).toString('hex')
  assert.equal(text({ cursor: 'x', sort: 'name' }), text({}))
  const others = [{ author: 'a' }, { license: 'a' }, { kind: 'a' }, { publisher: alice.identity }, { scripts: false }, { since: 5 }, { tags: ['a'] }].map(text)
  assert.equal(new Set([...others, text({})]).size, others.length + 1)
})
