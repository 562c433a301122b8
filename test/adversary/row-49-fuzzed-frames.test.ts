import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { parsePackageName, sha512FromBytes } from '#core'
import { PROTOCOLS } from '#network'
import { Publisher, seeded, smallPackage, until } from '#testing'
import * as wire from '#wire'
import { openRealNode } from '../support/real-node.ts'
import { addressOf, hostilePeer, honestNode, soon } from './hostile-peer.ts'

/** Frames for every protocol; GGEN_FUZZ asks for more in a long run, as in fuzz.test.ts, which feeds the parsers directly. */
const FRAMES = Math.ceil(Number(process.env['GGEN_FUZZ'] ?? 10_000) / 50)
const AT_ONCE = 8

const alice = new Publisher('alice')
const release = alice.release('tool', '1.0.0')

const syncFrame = (): Uint8Array => {
  const writer = new wire.FrameWriter()
  writer.add({ to: { at: Infinity, hash: new Uint8Array() }, says: 'fingerprint', fingerprint: new Uint8Array(16).fill(1) })
  return writer.bytes()
}

/** A good question of each protocol, to be broken. */
const QUESTIONS: Readonly<Record<(typeof PROTOCOLS)[number], readonly Uint8Array[]>> = {
  '/ggen/feed/1': [wire.encodeFeedQuestion({ ask: 'package', identity: alice.identity, name: parsePackageName('tool'), skip: 0 })],
  '/ggen/opinions/1': [wire.encodeOpinionsQuestion({ identity: alice.identity, after: 0 })],
  '/ggen/sync/1': [wire.encodeSyncQuestion({ ask: 'reconcile', shard: 0, frame: syncFrame() })],
  '/ggen/search/1': [wire.encodeSearchQuestion({ words: ['tool'], limit: 20 })],
  '/ggen/have/1': [wire.encodeHaveQuestion({ digests: [release.body.artifact.digest], enclose: 1 })],
  '/ggen/blob/1': [wire.encodeBlobQuestion({ digest: release.body.artifact.digest, offset: 0, length: 10 })],
  '/ggen/seed/1': [wire.encodeSeedQuestion({ release: release.id, identity: alice.identity, name: release.body.name })],
  '/ggen/npm/1': [wire.encodeNpmQuestion({
    tarballs: [sha512FromBytes(new Uint8Array(64).fill(1))], documents: [{ source: 'https://registry.example/', name: 'tool' }], enclose: 1,
  })],
}
const LIBRARY = ['/ggen/main/kad/1', '/meshsub/1.1.0', '/ggen/id/1.0.0', '/ggen/ping/1.0.0'] as const

const encodeLength = (length: number): Uint8Array => (length < 0x80 ? Uint8Array.of(length) : Uint8Array.of((length & 0x7f) | 0x80, length >> 7))

/** A frame as it should be, with something wrong: in what it says, in its length, or in where it ends. */
const brokenFrame = (good: Uint8Array | undefined, random: ReturnType<typeof seeded>): Uint8Array => {
  const below = (limit: number): number => Math.floor(random.fraction() * limit)
  const content = good === undefined || below(3) === 0 ? random.bytes(below(300)) : Uint8Array.from(good)
  for (let flips = below(4); flips > 0 && content.length > 0; flips -= 1) {
    const at = below(content.length)
    content[at] = (content[at] ?? 0) ^ (1 << below(8))
  }
  const kind = below(10)
  if (kind === 0) return content
  const frame = Buffer.concat([encodeLength(content.length), content])
  if (kind === 1) return frame.subarray(0, below(frame.length))
  return kind === 2 ? Buffer.concat([frame, random.bytes(1 + below(10))]) : frame
}

test(`${FRAMES} broken frames into every protocol of a whole node: no crash, nothing untyped, and it goes on`, async (t) => {
  const bugs: unknown[] = []
  const note = (error: unknown): void => void bugs.push(error)
  process.on('uncaughtException', note).on('unhandledRejection', note)
  try {
    await using victim = await openRealNode()
    await victim.publish(smallPackage('tool'), 'alice')
    await using attacker = await hostilePeer()
    // It would be banned after five of them.
    victim.network.access.allow(attacker.self)
    const connection = await attacker.connect(victim.network)
    await until('it is known', () => victim.network.peers().length === 1)
    const send = async (stream: Stream, frame: Uint8Array, isOurs: boolean): Promise<void> => {
      const over = new Promise<void>((resolve) => {
        for (const event of ['close', 'remoteCloseWrite'] as const) stream.addEventListener(event, () => resolve(), { once: true })
      })
      if (stream.writeStatus === 'writable') stream.send(frame)
      await Promise.allSettled([stream.close({ signal: soon() })])
      // The library keeps some of its streams open until the next one comes.
      if (isOurs && stream.status === 'open') await over
      stream.abort(new Error('done'))
    }
    let sent = 0
    const fuzz = async (protocol: string): Promise<void> => {
      const random = seeded(`fuzz ${protocol}`)
      const good = Object.hasOwn(QUESTIONS, protocol) ? QUESTIONS[protocol as keyof typeof QUESTIONS] : []
      const count = good.length === 0 ? Math.ceil(FRAMES / 4) : FRAMES
      const worker = async (first: number): Promise<void> => {
        for (let index = first; index < count; index += AT_ONCE) {
          const frame = brokenFrame(good[index % Math.max(1, good.length)], random)
          const [opened] = await Promise.allSettled([attacker.stream(connection, protocol)])
          if (opened.status === 'rejected') continue
          sent += 1
          await send(opened.value, frame, good.length > 0)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => worker(first)))
    }
    for (const protocol of [...PROTOCOLS, ...LIBRARY]) await fuzz(protocol)
    await using friend = await honestNode()
    await friend.dial(addressOf(victim.network), soon())
    const answer = await friend.ask(victim.network.self, '/ggen/search/1', QUESTIONS['/ggen/search/1'][0] ?? new Uint8Array(), soon())
    assert(wire.decodeSearchOps(answer).ops.length > 0, 'it still answers')
    const untyped = victim.events.filter((event) => event.type === 'task-failed' && event.code === 'internal')
    t.diagnostic(`${sent} broken frames of ${PROTOCOLS.length + LIBRARY.length} protocols: ${bugs.length} crashes, ${untyped.length} untyped errors`)
    assert.deepEqual([bugs, untyped], [[], []])
    assert(sent > (FRAMES * PROTOCOLS.length) / 2, `only ${sent} were taken`)
  } finally {
    process.off('uncaughtException', note).off('unhandledRejection', note)
  }
})
