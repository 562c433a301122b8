import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { watchPace } from './watch-pace.ts'

const pair = async (): Promise<{ readonly ours: Socket; readonly theirs: Socket } & AsyncDisposable> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [ours] = (await once(server, 'connection')) as [Socket]
  return {
    ours, theirs,
    [Symbol.asyncDispose]: async () => {
      ours.destroy()
      theirs.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a connection over which nothing goes is cut', async () => {
  await using sockets = await pair()
  using _watch = watchPace(sockets.ours, { everyMs: 20, bytes: 10 })
  await once(sockets.theirs, 'close')
  assert.ok(sockets.ours.destroyed)
})

test('one over which enough goes, either way, is left alone, and none after the watch is over', async () => {
  await using sockets = await pair()
  {
    using _watch = watchPace(sockets.ours, { everyMs: 20, bytes: 10 })
    for (let round = 0; round < 5; round += 1) {
      const [from, to] = round % 2 === 0 ? [sockets.ours, sockets.theirs] : [sockets.theirs, sockets.ours]
      from.write(Buffer.alloc(1000))
      await once(to, 'data')
    }
  }
  assert.equal(sockets.ours.destroyed, false)
})
