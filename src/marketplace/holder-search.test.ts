import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { digestOf, type PeerId, registryIdOf } from '#core'
import type { Holder } from '#flow/fetch'
import type { Upstream } from '#registry'
import { TestClock } from '#testing'
import { HolderSearch } from './holder-search.ts'
import type { Registries } from './registries.ts'

const PEER = 'peer' as PeerId
const id = registryIdOf(new URL('https://registry.example'))
const sought = { digest: digestOf(Buffer.from('archive')), sizeBytes: 7 }
const settled = (): Promise<void> => new Promise(setImmediate)

interface Scene {
  readonly clock: TestClock
  readonly search: HolderSearch
  /** Who was found so far. */
  start(more?: { readonly isPrivate?: boolean }): Promise<{ readonly found: readonly string[]; readonly isOver: () => boolean }>
}

const open = (change: Partial<Registries> = {}, { isAvoided = false, peers = [PEER] } = {}): Scene => {
  const clock = new TestClock()
  const central = { id, isAvoided } as Upstream
  const registries: Registries = { order: 'central-first', asksPeers: true, central, isPrivateName: () => false, isNetworkPrivate: false, ...change }
  async function* findPeers(): AsyncGenerator<Holder> {
    for (const peer of peers) yield { peer, sizeBytes: 7 }
  }
  const network = { peers: () => peers.map((peer) => ({ peer })) as never }
  const search = new HolderSearch({ registries, network, clock, findPeers })
  return {
    clock, search,
    start: async (more = {}) => {
      const found: string[] = []
      let isOver = false
      const read = async (): Promise<void> => {
        for await (const { peer } of search.find({ ...sought, ...more }, new AbortController().signal)) found.push(peer)
        isOver = true
      }
      void read()
      await settled()
      return { found, isOver: () => isOver }
    },
  }
}

suite('Who may give a blob', () => {
  test('is the server first, and peers when more is asked for over a second', async () => {
    const { start, clock } = open()
    const { found, isOver } = await start()
    assert.deepEqual(found, [id])
    clock.advance(1000)
    await settled()
    assert.deepEqual([found, isOver()], [[id, PEER], true])
  })

  test('are peers at once when the server failed', async () => {
    const { start, search } = open()
    const { found } = await start()
    search.forget(sought.digest, id)
    await settled()
    assert.deepEqual(found, [id, PEER])
  })

  test('are peers first where they are to be, and the server as soon as there are none', async () => {
    assert.deepEqual((await open({ order: 'p2p-first' }).start()).found, [PEER])
    assert.deepEqual((await open({ order: 'p2p-first' }, { peers: [] }).start()).found, [id])
  })

  test('are peers alone while the server is avoided, unless there are none', async () => {
    assert.deepEqual((await open({}, { isAvoided: true }).start()).found, [PEER])
    assert.deepEqual((await open({}, { isAvoided: true, peers: [] }).start()).found, [id])
  })

  test('is nobody but the server where peers are not to be asked, or may not hear of the package', async () => {
    for (const scene of [open({ asksPeers: false }), open()]) {
      const { found, isOver } = await scene.start({ isPrivate: true })
      scene.clock.advance(5000)
      await settled()
      assert.deepEqual([found, isOver()], [[id], true])
    }
  })

  test('is no server that gave wrong bytes lately', async () => {
    const { start, search, clock } = open()
    search.passOver(id)
    assert.deepEqual((await start()).found, [PEER])
    clock.advance(60_000)
    assert.deepEqual((await start()).found, [id])
  })
})
