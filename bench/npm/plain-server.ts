import { once } from 'node:events'
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'

const [file = ''] = process.argv.slice(2)

/** The least that a server does that sends a file from the disk. */
const server = createServer((_request, response) => {
  void readFile(file).then((bytes) => response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
