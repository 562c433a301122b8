import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { suite, test } from 'node:test'
import type { Network } from '#network'
import { until } from '#testing'
import { addressOf, honestNode, silentSocket, soon } from './hostile-peer.ts'

/** So long the node waits for a handshake, and some more for a busy machine. */
const PATIENCE_MS = 10_000

/** How many of so many newcomers get in and are answered while `attack` goes on. */
const newcomersServed = async (victim: Network, count: number, attack: () => Promise<unknown>): Promise<number> => {
  victim.answer('/ggen/have/1', async (question) => question)
  let served = 0
  for (let index = 0; index < count; index += 1) {
    await attack()
    await using newcomer = await honestNode()
    const [result] = await Promise.allSettled([
      newcomer.dial(addressOf(victim), soon()).then(() => newcomer.ask(victim.self, '/ggen/have/1', Uint8Array.of(index), soon())),
    ])
    if (result.status === 'fulfilled' && result.value[0] === index) served += 1
  }
  return served
}

suite('half-open sockets', () => {
  test('of one host, four every moment, keep none of fifteen newcomers out', async (t) => {
    await using victim = await honestNode()
    const sockets: Socket[] = []
    const attack = async (): Promise<void> => {
      sockets.push(...(await Promise.all([0, 1, 2, 3].map(() => silentSocket(victim, '127.66.6.6')))))
    }
    const served = await newcomersServed(victim, 15, attack)
    t.diagnostic(`${served} of 15 newcomers were served beside ${sockets.length} half-open sockets`)
    assert(served >= 14, `${served} of 15`)
    await until('the silent ones are cut off', () => sockets.every((socket) => socket.closed), PATIENCE_MS)
  })

  test('of many networks and of this machine keep none of fifteen newcomers out', async (t) => {
    await using victim = await honestNode()
    const sockets: Socket[] = []
    let host = 0
    const attack = async (): Promise<void> => {
      const hosts = Array.from({ length: 4 }, () => `127.70.${host++}.1`)
      sockets.push(...(await Promise.all([...hosts, '127.0.0.1', '127.0.0.1'].map((from) => silentSocket(victim, from)))))
    }
    const served = await newcomersServed(victim, 15, attack)
    t.diagnostic(`${served} of 15 newcomers were served beside ${sockets.length} half-open sockets of ${host} networks`)
    assert(served >= 14, `${served} of 15`)
    for (const socket of sockets) socket.destroy()
  })

  test('of one host take its few places and nobody else’s, and are closed soon', async (t) => {
    await using victim = await honestNode()
    const sockets = await Promise.all(Array.from({ length: 60 }, () => silentSocket(victim, '127.66.6.6')))
    await until('all but four are refused', () => sockets.filter((socket) => !socket.closed).length === 4)
    const began = performance.now()
    await until('the silent ones are cut off', () => sockets.every((socket) => socket.closed), PATIENCE_MS)
    t.diagnostic(`4 of 60 half-open sockets were held, for ${Math.round(performance.now() - began)} ms`)
  })
})
