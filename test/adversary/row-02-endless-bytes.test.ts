import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { isGgenError, LIMITS, type Multiaddr, parsePackageSpec, type ReleaseOp } from '#core'
import { answerHave, type AnswerHaveParts } from '#flow/fetch'
import { joinNetwork } from '#network/libp2p'
import { decodeBlobQuestion, encodeBlobAnswer } from '#wire'
import { Publisher, realClock, seeded, until } from '#testing'
import { openRealNode } from '../support/real-node.ts'
import { makeCertificate } from './bulk-certificates.ts'
import { MALLORY, openLiar } from './bulk-scene.ts'

const KiB = 1024
/** One piece each, and so large that the bulk channel brings it. */
const SIZES_BYTES = [300 * KiB, 700 * KiB, 1024 * KiB]
/** What may be read of a stream beyond the signed size: Node reads up to so much from a socket at once, before anybody can say that it is enough. */
const BEYOND_BYTES = 64 * KiB
/** What the process reads besides: messages of libp2p, heads, and what TLS adds. */
const OVERHEAD_BYTES = 16 * KiB
const ENDLESS = new Uint8Array(64 * KiB)

/** Bytes that this process has read from files and sockets so far. */
const readSoFar = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1])

type Flood = (size: number) => string

const headOf = (size: number, length: number): string =>
  `HTTP/1.1 206 Partial Content\r\ncontent-length: ${length}\r\ncontent-range: bytes 0-${size - 1}/${size}\r\n\r\n`

/** What it says first; then come bytes without end. */
const FLOODS: Readonly<Record<string, Flood>> = {
  'more than it promised': (size) => headOf(size, size),
  'as much as it promised, which is 1 TiB': (size) => headOf(size, 2 ** 40),
  'a head without end': () => 'HTTP/1.1 206 Partial Content\r\nx: ',
}

/** Writes for as long as anybody takes it, and no faster. */
const pourInto = (socket: TLSSocket): void => {
  while (!socket.destroyed && socket.write(ENDLESS));
  if (!socket.destroyed) socket.once('drain', () => pourInto(socket))
}

interface Flooding extends AsyncDisposable {
  /** Connections that it has poured into. */
  readonly poured: () => number
  readonly isLeft: () => boolean
}

/** A peer that says it holds every blob of the releases, and never stops when it is asked for one: over TLS, or without `say` inside libp2p. */
const openFlooding = async (to: readonly Multiaddr[], releases: readonly ReleaseOp[], say: Flood | undefined): Promise<Flooding> => {
  await using opened = new AsyncDisposableStack()
  const sizes = new Map(releases.map(({ body: { artifact } }) => [artifact.digest, artifact.sizeBytes]))
  let poured = 0
  const liar = opened.use(await openLiar((socket) => {
    socket.once('data', (question: Buffer) => {
      const digest = /\/blob\/(\S+)/.exec(question.toString('latin1'))?.[1]
      const size = [...sizes].find(([known]) => known === digest)?.[1] ?? 0
      poured += 1
      socket.write(say?.(size) ?? '')
      pourInto(socket)
    })
  }, makeCertificate({ names: MALLORY })))
  const network = opened.use(await joinNetwork({
    privateKey: MALLORY.peerKey, listen: [], bootstrap: to, mdns: false, clock: realClock, signal: AbortSignal.timeout(10_000),
  }))
  const shelf: AnswerHaveParts['shelf'] = { look: async (digest) => ({ sizeBytes: sizes.get(digest) ?? 0 }), read: async function* () { yield* [] } }
  const offer = { port: liar.port, ticket: Buffer.from('x'), validMs: 60_000 }
  opened.use(answerHave({ network, shelf, clock: realClock, bulk: { offer: () => (say === undefined ? undefined : offer) } }))
  opened.use(network.answer('/ggen/blob/1', async (question) => {
    poured += 1
    const sizeBytes = sizes.get(decodeBlobQuestion(question).digest) ?? 0
    return encodeBlobAnswer({ sizeBytes, bytes: new Uint8Array(LIMITS.blobRangeBytes) })
  }))
  const running = opened.move()
  return { poured: () => poured, isLeft: () => liar.sockets.size === 0, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

const onLinux = { skip: process.platform !== 'linux' && 'only Linux says how much a process has read' }

interface Figures {
  readonly beyondBytes: number
  readonly grownBytes: number
}

/** Fetches blobs of these sizes from nobody but the flooding peer: each fails, nothing is kept, and what was read is counted. */
const fetchFrom = async (sizesBytes: readonly number[], say?: Flood): Promise<Figures> => {
  const alice = new Publisher('alice')
  const contentOf = (size: number): string => Buffer.from(seeded('endless').bytes(size / 2)).toString('hex')
  const releases = sizesBytes.map((size, index) => alice.release(`endless-${index}`, '1.0.0', { content: contentOf(size) }))
  await using victim = await openRealNode({ knows: [alice.genesis, ...releases.map(({ bytes }) => bytes)] })
  await using mallory = await openFlooding(victim.addresses, releases, say)
  await until('they have met', () => victim.network.peers().some(({ peer }) => peer === MALLORY.id))
  const rss = process.memoryUsage().rss
  let beyondBytes = 0
  for (const { body: { name, artifact } } of releases) {
    const before = readSoFar()
    const fetching = victim.marketplace.fetch({ spec: parsePackageSpec(name) }, AbortSignal.timeout(30_000))
    await assert.rejects(fetching, (error) => isGgenError(error) && error.code !== 'internal')
    await until('it is left', mallory.isLeft)
    beyondBytes = Math.max(beyondBytes, readSoFar() - before - artifact.sizeBytes)
    assert.equal(await victim.blobs.size(artifact.digest), undefined)
  }
  assert.ok(mallory.poured() > 0, 'it was asked')
  return { beyondBytes, grownBytes: process.memoryUsage().rss - rss }
}

for (const [name, say] of Object.entries(FLOODS)) {
  test(`a holder that sends without end, ${name}: it is left at the size that was signed, and memory stays`, onLinux, async (t) => {
    const { beyondBytes, grownBytes } = await fetchFrom(SIZES_BYTES, say)
    assert.ok(beyondBytes <= BEYOND_BYTES + OVERHEAD_BYTES, `${beyondBytes} bytes were read beyond the size of the blob`)
    assert.ok(grownBytes < 32 * KiB * KiB, `${grownBytes} bytes more memory`)
    const limit = `${BEYOND_BYTES}, and ${OVERHEAD_BYTES} of messages`
    t.diagnostic(`read at most ${beyondBytes} bytes beyond the signed size (limit ${limit}); memory grew by ${Math.round(grownBytes / KiB)} KiB`)
  })
}

test('inside libp2p it can send one message and no more, however small the blob is', onLinux, async (t) => {
  const { beyondBytes } = await fetchFrom([1000])
  assert.ok(beyondBytes <= LIMITS.messageBytes + 4 * OVERHEAD_BYTES, `${beyondBytes} bytes`)
  t.diagnostic(`read ${beyondBytes} bytes beyond the signed 1000 (limit: a message of ${LIMITS.messageBytes})`)
})
