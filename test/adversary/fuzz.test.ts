import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MANIFEST_FILES, packArchive, parseManifest, readArchive } from '#archive'
import { GgenError, isGgenError, LIMITS, parseMultiaddr, parsePackageSpec, parseVersion, PieceSet, sha512FromBytes } from '#core'
import * as network from '#network'
import * as wire from '#wire'
import { knownPeer, Publisher, seeded } from '#testing'

/** Inputs for every parser and run: half random bytes, half a good input with flipped bits. */
const INPUTS = Number(process.env['GGEN_FUZZ'] ?? 1000)

/** Random bytes and broken copies of good inputs, the same in every run. */
function* hostile(seed: string, good: readonly Uint8Array[]): Generator<Uint8Array> {
  const random = seeded(seed)
  const below = (limit: number): number => Math.floor(random.fraction() * limit)
  for (let index = 0; index < INPUTS; index++) {
    const sample = good[index % good.length]
    if (sample === undefined || sample.length === 0 || index % 2 === 0) {
      yield random.bytes(below(400))
      continue
    }
    const broken = Uint8Array.from(below(8) === 0 ? sample.subarray(0, below(sample.length)) : sample)
    // Every place is flipped at most once: two equal flips would give the good input back.
    const places = new Set(Array.from({ length: 1 + below(4) }, () => below(broken.length)))
    for (const at of places) broken[at] = (broken[at] ?? 0) ^ (1 << below(8))
    yield broken
  }
}

const typedOnly = (error: unknown): void => assert.ok(isGgenError(error) && error.code !== 'internal', `not a typed error: ${String(error)}`)

/** Feeds a parser; resolves to how many inputs it refused. */
const feed = async (parse: (input: Uint8Array) => unknown, seed: string, good: readonly Uint8Array[]): Promise<number> => {
  for (const sample of good) await parse(sample)
  let refused = 0
  for (const input of hostile(seed, good)) {
    try {
      await parse(input)
    } catch (error) {
      typedOnly(error)
      refused++
    }
  }
  return refused
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
const utf8 = (value: string): Uint8Array => Buffer.from(value)
const alice = new Publisher('alice')
const release = alice.release('io.ggen.rust.cli', '1.2.3', { summary: { description: 'a summary', tags: ['a', 'b'] } })

const ADDRESS = parseMultiaddr('/ip4/198.51.100.7/tcp/4001')

const npmQuestion = (): Uint8Array => wire.encodeNpmQuestion({
  tarballs: [sha512FromBytes(new Uint8Array(64).fill(1))], documents: [{ source: 'https://registry.example/', name: '@scope/tool' }], enclose: 1,
})

const npmAnswer = (): Uint8Array => {
  const { digest } = release.body.artifact
  return wire.encodeNpmAnswer({
    tarballs: [{ digest, sizeBytes: 10 }, 'coming', undefined],
    enclosed: new Map([[0, new Uint8Array(10)]]),
    documents: [{ versions: [{ version: '1.0.0', integrity: 'sha512-x', signatures: [{ keyid: 'k', sig: 's' }], at: 1 }], keys: '{}' }, undefined],
  })
}

const haveAnswer = (): Uint8Array => {
  const pieces = new PieceSet(5)
  for (const piece of [0, 3]) pieces.add(piece)
  const bulk = { port: 4002, ticket: new Uint8Array(48).fill(7), validMs: 600_000 }
  return wire.encodeHaveAnswer({ held: [{ sizeBytes: 8192 }, undefined, { sizeBytes: 5 * LIMITS.pieceBytes, pieces }], bulk })
}

const frame = (): Uint8Array => {
  const writer = new wire.FrameWriter()
  writer.add({ to: { at: 1_763_683_200, hash: new Uint8Array(3).fill(9) }, says: 'fingerprint', fingerprint: new Uint8Array(16).fill(1) })
  writer.add({ to: { at: 1_763_683_201, hash: new Uint8Array() }, says: 'skip' })
  writer.add({ to: { at: Infinity, hash: new Uint8Array() }, says: 'hashes', hashes: [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)] })
  return writer.bytes()
}

const snapshotAnswer = (): Uint8Array => wire.encodeSnapshotAnswer({ ops: 7, chunks: [{ digest: release.body.artifact.digest, sizeBytes: 5, ops: 7 }] })

const snapshotChunk = (): Uint8Array => {
  const writer = new wire.SnapshotChunkWriter()
  for (const bytes of [alice.genesis, release.bytes]) writer.add(bytes)
  return writer.bytes()
}

const MANIFESTS: Readonly<Record<string, string>> = {
  'ggen.toml': '[package]\nname = "tool"\nversion = "1.0.0"\ntags = ["a", "b"]\n',
  'pack.toml': '[pack]\nname = "tool"\nversion = "26.8.15"\ndescription = "d"\n',
  'package.toml': '[package]\nname = "tool"\nversion = "1.0.0"\n[package.tags]\ntags = ["a"]\n',
  'gpack.toml': '[gpack]\nid = "io.ggen.tool"\nname = "Tool"\nversion = "1.0.0"\ndescription = "d"\nlicense = "MIT"\nggen_compat = "1"\n',
  'package.json': '{"name":"@scope/tool","version":"1.0.0","keywords":["a"],"bin":{"tool":"x.js"},"dependencies":{"a":"^1"}}',
}

const archive = async (): Promise<Uint8Array> => {
  const files = [['pack.toml', MANIFESTS['pack.toml'] ?? ''], ['ontology.ttl', '# nothing\n'.repeat(50)]] as const
  const packed = packArchive(files.map(([path, content]) => ({
    path, executable: false, sizeBytes: Buffer.byteLength(content),
    content: async function* () { yield utf8(content) },
  })))
  return Buffer.concat(await Array.fromAsync(packed))
}

const readWhole = async (bytes: Uint8Array): Promise<void> => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97)
  }
  for await (const entry of readArchive(chunks())) for await (const _ of entry.content);
}

describe(`${INPUTS} random and bit-flipped inputs into every parser give typed errors only`, () => {
  const FRAMES: readonly [string, (bytes: Uint8Array) => unknown, Uint8Array][] = [
    ['feed questions', wire.decodeFeedQuestion, wire.encodeFeedQuestion({ ask: 'package', identity: alice.identity, name: release.body.name, skip: 3 })],
    ['feed batches', wire.decodeFeedBatch, wire.encodeFeedBatch({ ops: [release.bytes, alice.genesis], seen: 3 })],
    ['feed ops', wire.decodeFeedOps, wire.encodeFeedOps({ ops: [release.bytes], more: true })],
    ['sync questions', wire.decodeSyncQuestion, wire.encodeSyncQuestion({ ask: 'reconcile', shard: 0, frame: frame() })],
    ['sync answers', wire.decodeSyncAnswer, wire.encodeSyncAnswer({ frame: frame(), ops: 3 })],
    ['snapshot answers', wire.decodeSnapshotAnswer, snapshotAnswer()],
    ['snapshot pieces', wire.decodeSnapshotChunk, snapshotChunk()],
    ['search questions', wire.decodeSearchQuestion, wire.encodeSearchQuestion({ words: ['rust'], limit: 20, category: 'c', tags: ['t'] })],
    ['search answers', wire.decodeSearchOps, wire.encodeSearchOps({ ops: [release.bytes] })],
    ['blob questions', wire.decodeBlobQuestion, wire.encodeBlobQuestion({ digest: release.body.artifact.digest, offset: 5, length: 7 })],
    ['blob answers', wire.decodeBlobAnswer, wire.encodeBlobAnswer({ sizeBytes: 3, bytes: utf8('abc') })],
    ['have questions', wire.decodeHaveQuestion, wire.encodeHaveQuestion({ digests: [release.body.artifact.digest], enclose: 1 })],
    ['npm questions', wire.decodeNpmQuestion, npmQuestion()],
    ['npm answers', (bytes) => wire.decodeNpmAnswer(bytes, { tarballs: 3, documents: 2, enclose: 1 }), npmAnswer()],
    ['have answers', (bytes) => wire.decodeHaveAnswer(bytes, 3), haveAnswer()],
    ['rendezvous questions', network.decodeRendezvousQuestion, network.encodeRendezvousQuestion({ op: 'put', key: new Uint8Array(32), addresses: [ADDRESS] })],
    ['rendezvous answers', network.decodeRendezvousEntries, network.encodeRendezvousEntries([{ peer: knownPeer('alice').id, addresses: [ADDRESS] }])],
    ['rendezvous receipts', network.decodeRendezvousReceipt, network.encodeRendezvousReceipt(true)],
    ['chunk lists', (bytes) => wire.decodeChunkList(bytes, 2 * LIMITS.pieceBytes), wire.encodeChunkList([new Uint8Array(32), new Uint8Array(32)])],
  ]
  for (const [what, decode, good] of FRAMES) {
    test(what, async () => {
      assert.ok((await feed(decode, what, [good])) > INPUTS / 2)
    })
  }

  test('sync frames, most of whose bits may be anything', async () => {
    const refused = await feed(wire.decodeFrame, 'sync frames', [frame()])
    assert.ok(refused > INPUTS / 10, `${refused} of ${INPUTS} were refused`)
  })

  for (const file of MANIFEST_FILES) {
    test(`manifests: ${file}`, async () => {
      assert.ok((await feed((bytes) => parseManifest(file, text(bytes)), file, [utf8(MANIFESTS[file] ?? '')])) > INPUTS / 2)
    })
  }

  test('archives', async () => {
    assert.ok((await feed(readWhole, 'tar', [await archive()])) > INPUTS / 2)
  })

  test('names, versions and addresses', async () => {
    assert.ok((await feed((bytes) => parsePackageSpec(text(bytes)), 'spec', [utf8('@scope/name@^1.2')])) > INPUTS / 2)
    assert.ok((await feed((bytes) => parseVersion(text(bytes)), 'version', [utf8('1.2.3-rc.1+b')])) > INPUTS / 2)
    assert.ok((await feed((bytes) => parseMultiaddr(text(bytes)), 'address', [utf8('/ip4/127.0.0.1/tcp/4001')])) > INPUTS / 2)
  })
})

test('the fuzzer can fail: an untyped error is noticed', async () => {
  await assert.rejects(feed(() => { throw new TypeError('a bug') }, 'self', []), /not a typed error/)
  assert.equal(await feed(() => { throw new GgenError('usage', 'fine') }, 'self', []), INPUTS)
})
