import { createServer, type IncomingMessage, request as plainRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** A proxy as companies have them: hands on plain requests, and opens tunnels with CONNECT, for whoever has the password. */
export class ConnectProxy implements AsyncDisposable {
  /** With name and password. */
  readonly url: string
  /** Method and target of everything that was asked of it. */
  readonly asked: string[] = []
  readonly #server: Server
  readonly #tunnels = new Set<Duplex>()

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://us%40er:secret@127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#tunnel(request, socket, head))
    server.on('request', (request, response) => {
      this.asked.push(`${request.method} ${request.url}`)
      if (!isKnown(request)) return void response.writeHead(407).end()
      const { host: _host, 'proxy-authorization': _password, ...headers } = request.headers
      const onward = plainRequest(request.url ?? '', { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => void response.destroy())
      request.pipe(onward)
    })
  }

  static async start(): Promise<ConnectProxy> {
    const server = createServer()
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    return new ConnectProxy(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy()
    this.#server.closeAllConnections()
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.asked.push(`CONNECT ${request.url}`)
    if (!isKnown(request)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const { hostname, port } = new URL(`tcp://${request.url}`)
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.write(head)
      target.pipe(socket).pipe(target)
    })
    for (const [end, other] of [[socket, target], [target, socket]] as const) {
      this.#tunnels.add(end)
      end.on('error', () => void other.destroy()).on('close', () => {
        this.#tunnels.delete(end)
        other.destroy()
      })
    }
  }
}

const isKnown = ({ headers }: IncomingMessage): boolean => headers['proxy-authorization'] === `Basic ${Buffer.from('us@er:secret').toString('base64')}`
