import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, stat } from 'node:fs/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { once } from 'node:events'
import { type Driver, drive, flushOne, type Wanted } from './driver.ts'

/** What a web server's user knows: the address, and both hashes as a release signs them. */
interface Source {
  readonly url: string
  readonly sha256: string
  readonly sha512: string
}

const [scheme = 'http', role, folder = '.'] = process.argv.slice(2)

/** The plain way: a file from a web server with the same two hashes, the same flushes and the same rename as ours. */
const consumer = (): Driver => {
  const options = { keepAlive: true, maxSockets: 8, rejectUnauthorized: false }
  const newAgent = (): http.Agent => (scheme === 'https' ? new https.Agent(options) : new http.Agent(options))
  let agent = newAgent()
  return {
    fetch: async ({ sources: [source], out }: Wanted) => {
      const { url, sha256, sha512 } = source as Source
      const asked = (scheme === 'https' ? https : http).get(url, { agent })
      const [answer] = (await once(asked, 'response')) as [http.IncomingMessage]
      if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`)
      const hashes = [createHash('sha256'), createHash('sha512')] as const
      const draft = `${out}.draft`
      answer.on('data', (chunk: Buffer) => hashes.forEach((hash) => hash.update(chunk)))
      await pipeline(answer, createWriteStream(draft, { highWaterMark: 1 << 20, flush: true }))
      if (hashes[0].digest('hex') !== sha256 || hashes[1].digest('hex') !== sha512) throw new Error(`${url} gave other bytes`)
      await rename(draft, out)
      await flushOne(dirname(out))
      return undefined
    },
    forget: async () => {
      agent.destroy()
      agent = newAgent()
    },
  }
}

const provider = async (): Promise<Driver> => {
  const files: string[] = []
  const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => void give(files[Number(request.url?.slice(1))], response)
  const server = scheme === 'https'
    ? https.createServer({ key: await readFile(`${folder}/key.pem`), cert: await readFile(`${folder}/certificate.pem`) }, answer)
    : http.createServer(answer)
  server.keepAliveTimeout = 600_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    offer: async (file) => {
      const hashes = [createHash('sha256'), createHash('sha512')] as const
      for await (const chunk of createReadStream(file)) hashes.forEach((hash) => hash.update(chunk as Buffer))
      files.push(file)
      return { url: `${scheme}://127.0.0.1:${port}/${files.length - 1}`, sha256: hashes[0].digest('hex'), sha512: hashes[1].digest('hex') }
    },
  }
}

const give = async (file: string | undefined, response: http.ServerResponse): Promise<void> => {
  if (file === undefined) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('content-length', (await stat(file)).size)
  await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), response)
}

await drive(role === 'provider' ? await provider() : consumer())
