import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Libp2p } from 'libp2p'
import { openOp } from '#trust'
import { splitOps } from './ops-file.ts'

const PROTOCOL = '/bench/plain/1'
const PIECE_BYTES = 64 * 1024

/** Where a file can be had: over one stream of libp2p without anything of ours, and over HTTP. */
export interface Offer {
  readonly address: string
  readonly url: string
}

/** What one transfer cost the process that received. */
export interface Received {
  /** From the first question to the last byte or op. */
  readonly ms: number
  readonly bytes: number
  /** Whose signatures were checked. */
  readonly ops: number
  readonly mostMegabytes: number
}

export type Way = keyof Offer

/** Loaded only by those who need it: whoever comes over HTTP shall not pay for it. */
const plainNode = async (listen: readonly string[]): Promise<Libp2p> => {
  const [{ createLibp2p }, { noise }, { tcp }, { yamux }] = await Promise.all([
    import('libp2p'), import('@libp2p/noise'), import('@libp2p/tcp'), import('@libp2p/yamux'),
  ])
  return createLibp2p({ addresses: { listen: [...listen] }, transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] })
}

const give = async (file: string): Promise<void> => {
  const node = await plainNode(['/ip4/127.0.0.1/tcp/0'])
  await node.handle(PROTOCOL, async (stream) => {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) if (!stream.send(piece)) await stream.onDrain()
    await stream.close()
  })
  const server = createServer((_request, response) => void createReadStream(file).pipe(response))
  server.listen(0, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    console.log(JSON.stringify({ address: String(node.getMultiaddrs()[0]), url } satisfies Offer))
  })
}

type Opening = () => AsyncGenerator<Uint8Array>

/** What opens the stream, with the connection at hand: a node that syncs has one as well. */
const overStream = async (address: string): Promise<Opening> => {
  const node = await plainNode([])
  const { multiaddr } = await import('@multiformats/multiaddr')
  const connection = await node.dial(multiaddr(address))
  return async function* () {
    for await (const chunk of await connection.newStream(PROTOCOL)) yield chunk instanceof Uint8Array ? chunk : chunk.subarray()
  }
}

const overHttp = (url: string): Opening => async function* () {
  const { body } = await fetch(url)
  if (body !== null) yield* body
}

async function* counted(chunks: AsyncIterable<Uint8Array>, see: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    see(chunk.length)
    yield chunk
  }
}

/** Receives a file of ops; with `opens` every op is opened, its signatures checked, one after the other in one loop. */
const receive = async (place: string, opens: boolean): Promise<void> => {
  const open = place.startsWith('http') ? overHttp(place) : await overStream(place)
  const began = performance.now()
  let bytes = 0
  let ops = 0
  const chunks = counted(open(), (length) => {
    bytes += length
  })
  if (opens) {
    for await (const envelope of splitOps(chunks)) {
      openOp(envelope)
      ops += 1
    }
  } else {
    for await (const chunk of chunks) void chunk
  }
  const mostMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6
  console.log(JSON.stringify({ ms: performance.now() - began, bytes, ops, mostMegabytes } satisfies Received))
  process.exit()
}

if (import.meta.main) {
  const [verb, place = '', opens] = process.argv.slice(2)
  await (verb === 'give' ? give(place) : receive(place, opens === 'open'))
}
