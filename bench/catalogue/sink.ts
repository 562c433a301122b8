import { type AddressInfo, createServer } from 'node:net'

const LENGTH_BYTES = 4

/** A process that takes messages over TCP, each after its length, and answers each with one byte: the least that a receiver can do. */
const server = createServer({ noDelay: true }, (socket) => {
  let held: Buffer = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    while (held.length >= LENGTH_BYTES && held.length >= LENGTH_BYTES + held.readUInt32BE()) {
      held = held.subarray(LENGTH_BYTES + held.readUInt32BE())
      socket.write(Uint8Array.of(1))
    }
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.on('end', () => process.exit()).resume()
