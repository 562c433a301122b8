import { TestClock, until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { introduce } from './introductions.ts'
import { honest, rawNode, type RawNode } from './raw-node.conformance.ts'
import { PEERS } from './settings.ts'
import { Tasks } from './tasks.ts'

/** The peers that said who they are. */
const known = async ({ node }: RawNode): Promise<readonly unknown[]> => (await node.peerStore.all()).filter(({ metadata }) => metadata.has('AgentVersion'))

test('Whoever comes is asked a moment later who it is, so that its question goes first', async () => {
  const clock = new TestClock()
  await using patient = await rawNode('main', { isAloof: true })
  const tasks = new Tasks(undefined)
  introduce({ node: patient.node, clock, tasks })
  await using other = await honest()
  await patient.connect(other)
  await until('they are connected', () => patient.node.getConnections().length === 1)
  clock.advance(PEERS.introduceMs - 1)
  assert.deepEqual(await known(patient), [])
  clock.advance(1)
  await until('it is known', async () => (await known(patient)).length === 1)
})

test('Whoever left meanwhile is not asked, and nothing is reported', async () => {
  const clock = new TestClock()
  await using patient = await rawNode('main', { isAloof: true })
  const tasks = new Tasks(undefined)
  introduce({ node: patient.node, clock, tasks })
  const other = await honest()
  await patient.connect(other)
  await until('the connection is there', () => patient.node.getConnections().length === 1)
  await other[Symbol.asyncDispose]()
  await until('it is gone', () => patient.node.getConnections().length === 0)
  clock.advance(PEERS.introduceMs)
  assert.deepEqual(await known(patient), [])
})
