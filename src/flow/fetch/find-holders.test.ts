import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, LIMITS, type PeerId } from '#core'
import { memoryHub, type Network } from '#network'
import { encodeHaveAnswer } from '#wire'
import { TestClock, until } from '#testing'
import { askConnected, findHolders } from './find-holders.ts'
import { HolderTable } from './holder-table.ts'

const never = new AbortController().signal
const digest = digestOf(Buffer.from('some blob'))

const scene = (): { reader: Network; holders: HolderTable; clock: TestClock; peer: (answer?: () => Promise<Uint8Array>) => Network } => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const reader = hub.join()
  return {
    reader, clock, holders: new HolderTable(),
    peer: (answer) => {
      const network = hub.join()
      hub.link(reader.self, network.self)
      if (answer !== undefined) network.answer('/ggen/have/1', answer)
      return network
    },
  }
}

const held = (is: boolean) => async (): Promise<Uint8Array> => encodeHaveAnswer([is])

test('connected peers are asked together; who is slow or wrong counts as not holding', async () => {
  const { reader, clock, holders, peer } = scene()
  const holder = peer(held(true))
  peer(held(false))
  peer(async () => Buffer.from('nonsense'))
  let asked = false
  peer(() => {
    asked = true
    return new Promise(() => {})
  })
  const asking = askConnected({ network: reader, holders, clock }, digest, never)
  await until('the slow one is asked', () => asked)
  await until('the quick one has answered', () => holders.of(digest).length === 1)
  clock.advance(LIMITS.haveTimeoutMs)
  assert.deepEqual(await asking, [holder.self])
})

test('holders come once each: known ones first, then connected ones, then those of the DHT', async () => {
  const { reader, clock, holders, peer } = scene()
  const [known, connected] = [peer(held(true)), peer(held(true))]
  holders.add(digest, known.self)
  holders.add(digest, 'gone' as PeerId)
  await known.provide(digest, never)
  const distant = peer(held(false))
  await distant.provide(digest, never)
  const found = await Array.fromAsync(findHolders({ network: reader, holders, clock }, digest, never))
  assert.deepEqual(found, [known.self, connected.self, distant.self])
})
