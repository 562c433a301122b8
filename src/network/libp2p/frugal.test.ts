import { bytes, realClock, soon, text } from '../network-lab.conformance.ts'
import { LIMITS } from '#core'
import type { MessageStream, MultiaddrConnection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { createAsk } from './ask.ts'
import { corked, quiet } from './frugal.ts'
import { honest, rawNode } from './raw-node.conformance.ts'

const turn = (): Promise<void> => new Promise(setImmediate)

test('what is written within one turn leaves in one call, and nothing stays behind', async () => {
  const calls: string[] = []
  let waiting = ''
  let corks = 0
  const socket = {
    cork: () => (corks += 1),
    uncork: () => {
      corks -= 1
      calls.push(waiting)
      waiting = ''
    },
  }
  const sendData = (data: Iterable<Uint8Array>): void => {
    for (const one of data) waiting += text(one)
  }
  const connection = corked({ socket, sendData } as unknown as MultiaddrConnection & { sendData: typeof sendData })
  connection.sendData([bytes('a')])
  await Promise.resolve()
  connection.sendData([bytes('b'), bytes('c')])
  await turn()
  connection.sendData([bytes('d')])
  await turn()
  assert.deepEqual([calls, corks], [['abc', 'd'], 0])
})

test('the sender is told of new room when a quarter of the window was used', () => {
  const told: number[] = []
  const window = { recvWindow: 1000, recvWindowCapacity: 1000, sendWindowUpdate: () => told.push(window.recvWindowCapacity) }
  const stream = quiet(window as unknown as MessageStream & typeof window)
  for (const left of [999, 751, 750, 300]) {
    window.recvWindowCapacity = left
    stream.sendWindowUpdate()
  }
  assert.deepEqual(told, [750, 300])
})

test('a short question costs one write, and long answers still come whole', async () => {
  await using server = await honest()
  await using client = await rawNode()
  const largest = new Uint8Array(LIMITS.messageBytes).fill(7)
  server.answer('/ggen/have/1', async (question) => (text(question) === 'all' ? largest : question))
  await client.connect(server)
  const ask = createAsk({ node: client.node, clock: realClock, stopping: soon() })
  await ask(server.self, '/ggen/have/1', bytes('x'), soon())
  const [connection] = client.node.getConnections(peerIdFromString(server.self))
  assert(connection !== undefined)
  const port = Number(connection.remoteAddr.toString().split('/')[4])
  let writes = 0
  const counted = Socket.prototype as Socket & { _write(...args: unknown[]): unknown; _writev(...args: unknown[]): unknown }
  const { _write, _writev } = counted
  const count = function (this: Socket, original: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    if (this.remotePort === port) writes += 1
    return original.apply(this, args)
  }
  counted._write = function (...args) { return count.call(this, _write, args) }
  counted._writev = function (...args) { return count.call(this, _writev, args) }
  // The node has other things to say too: the quietest of some questions shows the price of one.
  const prices: number[] = []
  try {
    for (let round = 0; round < 10; round += 1) {
      const before = writes
      assert.equal(text(await ask(server.self, '/ggen/have/1', bytes('x'), soon())), 'x')
      await turn()
      prices.push(writes - before)
    }
  } finally {
    Object.assign(counted, { _write, _writev })
  }
  assert.equal(Math.min(...prices), 1, prices.join())
  for (let round = 0; round < 3; round += 1) assert(Buffer.from(await ask(server.self, '/ggen/have/1', bytes('all'), soon())).equals(largest))
})
