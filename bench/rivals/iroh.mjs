import { mkdir } from 'node:fs/promises'
import iroh from '@number0/iroh'
import { drive, flush, renewable } from '../transfer/driver.ts'

const { BlobDownloadOptions, Iroh, SetTagOption } = iroh
const [role, folder] = process.argv.slice(2)

const open = async (path) => {
  await mkdir(path, { recursive: true })
  // Looks for a relay for three seconds first; nobody's clock runs meanwhile.
  return await Iroh.persistent(path, { ipv4Addr: '127.0.0.1:0', nodeDiscovery: 'None' })
}

const nodes = renewable(folder, open, (node) => node.node.shutdown())

/** Calls with a progress callback end with `allDone` or an error. */
const finished = (start) =>
  new Promise((resolve, reject) => {
    start((error, progress) => {
      if (error) reject(error)
      else if (progress.allDone !== undefined && progress.allDone !== null) resolve(progress.allDone)
    }).catch(reject)
  })

await drive({
  offer: async (file) => {
    const node = await nodes.current()
    const { hash } = await finished((hear) => node.blobs.addFromPath(file, true, SetTagOption.auto(), { wrap: false }, hear))
    const { nodeId, addresses } = await node.net.nodeAddr()
    return { hash, nodeId, addresses }
  },
  fetch: async ({ sources, out }) => {
    const node = await nodes.current()
    const [{ hash }] = sources
    const holders = sources.map(({ nodeId, addresses }) => ({ nodeId, addresses }))
    await finished((hear) => node.blobs.download(hash, new BlobDownloadOptions('Raw', holders, SetTagOption.auto()), hear))
    await node.blobs.export(hash, out, 'Blob', 'TryReference')
    await flush(out)
  },
  forget: () => (role === 'consumer' ? nodes.forget() : undefined),
})
