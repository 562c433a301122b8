import { createReadStream, createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream/promises'
import Corestore from 'corestore'
import Hyperdrive from 'hyperdrive'
import { drive, flush, renewable } from '../transfer/driver.ts'

const [role, folder] = process.argv.slice(2)
const NAME = '/file'

const replicate = (store, socket, isInitiator) => {
  const stream = store.replicate(isInitiator)
  socket.setNoDelay(true)
  for (const each of [socket, stream]) each.on('error', (error) => console.error(error.message))
  socket.pipe(stream).pipe(socket)
}

const provider = async () => {
  const store = new Corestore(folder)
  const server = createServer((socket) => replicate(store, socket, false)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    offer: async (file) => {
      const drive = new Hyperdrive(store.namespace(file))
      await drive.ready()
      await pipeline(createReadStream(file), drive.createWriteStream(NAME))
      return { key: drive.key.toString('hex'), port: server.address().port }
    },
  }
}

const consumer = () => {
  const open = async (path) => ({ store: new Corestore(path), sockets: new Map() })
  const stores = renewable(folder, open, async ({ store, sockets }) => {
    for (const socket of sockets.values()) socket.destroy()
    await store.close()
  })
  return {
    fetch: async ({ sources, out }) => {
      const { store, sockets } = await stores.current()
      for (const { port } of sources) {
        if (sockets.has(port)) continue
        const socket = connect(port, '127.0.0.1')
        sockets.set(port, socket)
        replicate(store, socket, true)
      }
      const drive = new Hyperdrive(store, Buffer.from(sources[0].key, 'hex'))
      await drive.ready()
      await drive.update({ wait: true })
      const entry = await drive.entry(NAME, { wait: true })
      const { blob } = entry.value
      const blobs = await drive.getBlobs()
      blobs.core.download({ start: blob.blockOffset, length: blob.blockLength })
      await pipeline(drive.createReadStream(NAME), createWriteStream(out))
      await flush(out)
    },
    forget: () => stores.forget(),
  }
}

await drive(role === 'provider' ? await provider() : consumer())
