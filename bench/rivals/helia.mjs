import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { withBitswap } from '@helia/bitswap'
import { withLibp2pLight } from '@helia/libp2p'
import { unixfs } from '@helia/unixfs'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { FsBlockstore } from 'blockstore-fs'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { drive, flush, renewable } from '../transfer/driver.ts'

const [role, folder] = process.argv.slice(2)

const open = async (path) => {
  const blockstore = new FsBlockstore(path)
  await blockstore.open()
  const helia = withBitswap(withLibp2pLight(createHeliaLight({ blockstore }), {
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    // A consumer that forgets comes back more often than five times a second.
    connectionManager: { inboundConnectionThreshold: 1000 },
  }))
  await helia.start()
  return helia
}

const nodes = renewable(folder, open, (helia) => helia.stop())

await drive({
  offer: async (file) => {
    const helia = await nodes.current()
    const cid = await unixfs(helia).addByteStream(createReadStream(file))
    return { cid: cid.toString(), addresses: helia.libp2p.getMultiaddrs().map(String) }
  },
  fetch: async ({ sources, out }) => {
    const helia = await nodes.current()
    await Promise.all(sources.map(({ addresses }) => helia.libp2p.dial(addresses.map((address) => multiaddr(address)))))
    await pipeline(unixfs(helia).cat(CID.parse(sources[0].cid)), createWriteStream(out))
    await flush(out)
  },
  forget: () => (role === 'consumer' ? nodes.forget() : undefined),
})
