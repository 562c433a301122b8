import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryFolder } from '#archive'
import { parsePackageName } from '#core'
import { smallPackage, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'
import { addressOf, hostilePeer } from './hostile-peer.ts'

const HONEST = 5
const SYBILS_EACH = 4
const SYNC_MS = 2000
const PACKAGES = 6
const TOPIC = '/ggen/main/ops/1'

test('where four of five peers are silent Sybils, every record comes to every honest node', async (t) => {
  await using open = new AsyncDisposableStack()
  const nodes: RealNode[] = []
  // A line: what the first publishes has to be handed on by each.
  for (let index = 0; index < HONEST; index += 1) {
    const bootstrap = nodes.slice(-1).map(({ network }) => addressOf(network))
    nodes.push(open.use(await openRealNode({ bootstrap, syncEveryMs: SYNC_MS })))
  }
  let sybils = 0
  for (const [index, { network }] of nodes.entries()) {
    for (let count = 0; count < SYBILS_EACH; count += 1) {
      const sybil = open.use(await hostilePeer({ host: `127.${90 + count}.${index}.1`, gossips: true }))
      // It subscribes, so that it takes a place in the mesh, and hands nothing on; it offers to answer, and does not.
      sybil.node.services.pubsub?.subscribe(TOPIC)
      sybil.node.services.pubsub?.topicValidators.set(TOPIC, () => 'ignore' as never)
      for (const protocol of ['/ggen/sync/1', '/ggen/feed/1', '/ggen/have/1']) await sybil.node.handle(protocol, () => undefined)
      await sybil.connect(network)
      await until('it is taken for a peer', () => network.peers().some(({ peer }) => peer === sybil.self))
      sybils += 1
    }
  }
  await until('the honest ones are connected', () => nodes.every(({ network }) => network.peers().length > SYBILS_EACH))
  const began = performance.now()
  const [first] = nodes
  assert(first !== undefined)
  for (let index = 0; index < PACKAGES; index += 1) await first.publishFrom({ kind: 'folder', tree: memoryFolder(smallPackage(`news-${index}`)) }, 'ada')
  const has = ({ catalogue }: RealNode, index: number): boolean => catalogue.entriesNamed(parsePackageName(`news-${index}`)).length === 1
  const hasAll = (node: RealNode): boolean => Array.from({ length: PACKAGES }, (_, index) => has(node, index)).every(Boolean)
  await until('every record is everywhere', () => nodes.every(hasAll), 90_000)
  const seconds = (performance.now() - began) / 1000
  t.diagnostic(`${PACKAGES} releases on ${HONEST} honest nodes in a line, ${sybils} silent Sybils around: all after ${seconds.toFixed(1)} s`)
  assert(seconds < 90)
})
