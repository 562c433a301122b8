import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A balancer as plain as they come: each connection goes to the next server that takes it. It knows nothing of HTTP, and remembers nobody. */
export const startBalancer = async (ports: readonly number[]): Promise<{ readonly url: string } & AsyncDisposable> => {
  const open = new Set<Socket>()
  let turn = 0
  const track = (socket: Socket): Socket => {
    open.add(socket)
    return socket.once('close', () => open.delete(socket)).on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    track(client)
    const first = (turn += 1)
    const tryNext = (tries: number): void => {
      if (tries === ports.length) return void client.destroy()
      const behind = track(connect(ports[(first + tries) % ports.length] ?? 0, '127.0.0.1'))
      const refused = (): void => tryNext(tries + 1)
      behind.once('error', refused)
      behind.once('connect', () => {
        behind.off('error', refused)
        client.pipe(behind).pipe(client)
        // What cuts one side cuts the other: a half answer must not look whole.
        behind.once('close', () => client.destroy())
        client.once('close', () => behind.destroy())
      })
    }
    tryNext(0)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    },
  }
}
