import { registerHooks } from 'node:module'
import { createServer } from 'node:net'
import { drive, flush, renewable } from '../transfer/driver.ts'

// WebRTC needs a binary that its install script downloads; torrents over TCP, which is what is measured, do without.
const NOTHING = ['RTCPeerConnection', 'RTCSessionDescription', 'RTCIceCandidate'].map((name) => `export class ${name} {}`).join('\n')
const WITHOUT_WEBRTC = `data:text/javascript,${encodeURIComponent(NOTHING)}`
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'webrtc-polyfill' ? { url: WITHOUT_WEBRTC, shortCircuit: true } : next(specifier, context)),
})
const { default: WebTorrent } = await import('webtorrent')

const [role, folder] = process.argv.slice(2)

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const open = async (path) => {
  const client = new WebTorrent({ dht: false, tracker: false, lsd: false, utp: false, natUpnp: false, natPmp: false, torrentPort: await freePort() })
  client.on('error', (error) => console.error(error))
  return { client, path }
}

const close = ({ client }) => new Promise((resolve) => client.destroy(resolve))

const clients = renewable(folder, open, close)

await drive({
  offer: async (file) => {
    const { client } = await clients.current()
    const torrent = await new Promise((resolve) => client.seed(file, { announceList: [], pieceLength: 256 * 1024 }, resolve))
    return { infoHash: torrent.infoHash, port: client.torrentPort }
  },
  fetch: async ({ sources }) => {
    const { client, path } = await clients.current()
    const file = await new Promise((resolve, reject) => {
      const torrent = client.add(sources[0].infoHash, { path, announce: [] })
      torrent.on('infoHash', () => sources.forEach(({ port }) => torrent.addPeer(`127.0.0.1:${port}`)))
      torrent.on('done', () => resolve(`${path}/${torrent.files[0].path}`))
      torrent.on('error', reject)
    })
    await flush(file)
    return file
  },
  forget: () => (role === 'consumer' ? clients.forget() : undefined),
})
