import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'

/** What clients send that get documents the short way. */
const HEADERS = {
  'accept': 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*', 'accept-encoding': 'gzip,deflate',
  'user-agent': 'npm/12.0.0 node/v24.0.0',
}

/** Asks one server over connections that are used again, so many at a time. */
export class Asking implements Disposable {
  readonly #agent: Agent

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Bytes of the body as they came. Throws for any status but 200. */
  async ask(url: string): Promise<number> {
    const [answer] = (await once(get(url, { agent: this.#agent, headers: HEADERS }), 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(answer, 'end')
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${Buffer.concat(chunks).toString()}`)
    return chunks.reduce((sum, { length }) => sum + length, 0)
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
