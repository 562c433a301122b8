import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { LIMITS } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, silentSocket, soon } from './hostile-peer.ts'

/** Whether a peer from this host gets in and stays. */
const getsIn = async (victim: Network, host: string, kept: AsyncDisposableStack): Promise<boolean> => {
  const peer = kept.use(await hostilePeer({ host }))
  const [result] = await Promise.allSettled([peer.connect(victim)])
  if (result.status === 'rejected') return false
  return until('it is known or cut off', () => {
    if (result.value.status !== 'open') return 'cut'
    return victim.peers().some((known) => known.peer === peer.self) && 'in'
  }).then((state) => state === 'in')
}

test('five hosts of one network take its eight places and no more, so that five honest peers of five networks get in', async (t) => {
  await using victim = await honestNode()
  await using kept = new AsyncDisposableStack()
  let held = 0
  for (let index = 0; index < 25; index += 1) if (await getsIn(victim, `127.77.7.${1 + (index % 5)}`, kept)) held += 1
  let honest = 0
  for (let index = 0; index < 5; index += 1) if (await getsIn(victim, `127.78.${index}.1`, kept)) honest += 1
  t.diagnostic(`${held} of 25 connections of one network were let in, and ${honest} of 5 honest peers`)
  assert(held <= LIMITS.inboundPerPrefix, `${held} connections of one network`)
  assert.equal(honest, 5)
})

test('a node whose inbound places are all taken by silent sockets of many networks still reaches five peers', async (t) => {
  await using victim = await honestNode()
  const fill = (index: number): Promise<Socket> => silentSocket(victim, `127.80.${Math.floor(index / 4)}.${1 + (index % 4)}`)
  const sockets = await Promise.all(Array.from({ length: LIMITS.inboundTotal + 40 }, (_, index) => fill(index)))
  await until('what is too much is refused', () => sockets.filter((socket) => !socket.closed).length <= LIMITS.inboundTotal)
  await using others = new AsyncDisposableStack()
  let reached = 0
  for (let index = 0; index < 5; index += 1) {
    const other = others.use(await honestNode())
    const [result] = await Promise.allSettled([victim.dial(addressOf(other), soon())])
    if (result.status === 'fulfilled') reached += 1
  }
  const open = sockets.filter((socket) => !socket.closed).length
  t.diagnostic(`${reached} of 5 peers were reached while ${open} silent sockets were held`)
  assert.equal(reached, 5)
  for (const socket of sockets) socket.destroy()
})

test('an allowed peer gets in from a network whose places are all taken, and another one does not', async (t) => {
  await using victim = await honestNode()
  await using kept = new AsyncDisposableStack()
  for (let index = 0; index < LIMITS.inboundPerHost; index += 1) assert(await getsIn(victim, '127.79.1.1', kept))
  const friend = kept.use(await hostilePeer({ host: '127.79.1.1' }))
  victim.access.allow(friend.self)
  assert(!(await getsIn(victim, '127.79.1.1', kept)))
  await friend.connect(victim)
  await until('the friend is in', () => victim.peers().some(({ peer }) => peer === friend.self))
  t.diagnostic('1 allowed peer got in where its host had no place left, and no stranger')
})
