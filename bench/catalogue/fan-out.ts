import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Sends the same bytes to several processes over plain TCP. */
export class FanOut implements AsyncDisposable {
  readonly #children: ChildProcess[] = []
  readonly #sockets: Socket[] = []

  static async start(receivers: number): Promise<FanOut> {
    const fanOut = new FanOut()
    for (let index = 0; index < receivers; index++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'sink.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
      fanOut.#children.push(child)
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
      const socket = connect({ host: '127.0.0.1', port: Number(line), noDelay: true })
      await once(socket, 'connect')
      fanOut.#sockets.push(socket)
    }
    return fanOut
  }

  /** Milliseconds until every process has answered. */
  async send(message: Uint8Array): Promise<number> {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(message.length)
    const began = performance.now()
    await Promise.all(this.#sockets.map(async (socket) => {
      socket.write(Buffer.concat([length, message]))
      await once(socket, 'data')
    }))
    return performance.now() - began
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#children.map(async (child) => {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    }))
  }
}
