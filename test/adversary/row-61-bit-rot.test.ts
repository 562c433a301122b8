import assert from 'node:assert/strict'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Digest, digestFromBytes, digestOf, type Multiaddr, parsePackageSpec } from '#core'
import { joinNetwork } from '#network/libp2p'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import { realClock, seeded, temporaryFolder, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const PACKAGES = 20
const FLIPS = 100
/** Of one piece, and of several with a list of their hashes. */
const sizeOf = (index: number): number => (index % 4 === 0 ? 1_500_000 : 3000 * (index + 1))
const nameOf = (index: number): string => `rotten-${index}`

const random = seeded('bit rot')

/** Flips single bits somewhere in what a node has on its disk; resolves to the blobs that are damaged now. */
const rot = async (folder: string, flips: number): Promise<ReadonlySet<Digest>> => {
  const files: (readonly [shard: string, name: string])[] = []
  for (const shard of await readdir(join(folder, 'blobs/sha256'))) {
    for (const name of await readdir(join(folder, 'blobs/sha256', shard))) files.push([shard, name])
  }
  const damaged = new Set<Digest>()
  for (let flip = 0; flip < flips; flip += 1) {
    const [shard, name] = files[Math.floor(random.fraction() * files.length)] ?? ['', '']
    const path = join(folder, 'blobs/sha256', shard, name)
    const at = Math.floor(random.fraction() * (await stat(path)).size)
    await using file = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ (1 << Math.floor(random.fraction() * 8))
    await file.write(byte, 0, 1, at)
  }
  for (const [shard, name] of files) {
    await using file = await open(join(folder, 'blobs/sha256', shard, name))
    const digest = digestFromBytes(Buffer.from(`${shard}${name}`, 'hex'))
    if (digestOf(await file.readFile()) !== digest) damaged.add(digest)
  }
  return damaged
}

const publishAll = async (node: RealNode): Promise<readonly Digest[]> => {
  const digests: Digest[] = []
  for (let index = 0; index < PACKAGES; index += 1) {
    const manifest = `[pack]\nname = "${nameOf(index)}"\nversion = "1.0.0"\n`
    digests.push((await node.publish({ 'pack.toml': manifest, 'content.bin': seeded(nameOf(index)).bytes(sizeOf(index)) }, 'alice')).digest)
  }
  return digests
}

interface Served {
  readonly right: number
  readonly wrong: number
}

/** Asks a node for the first bytes of blobs, piece by piece, as any peer may. */
const askFor = async (to: readonly Multiaddr[], digests: Iterable<Digest>): Promise<Served> => {
  await using asker = await joinNetwork({ listen: [], bootstrap: to, mdns: false, clock: realClock, signal: AbortSignal.timeout(10_000) })
  const holder = await until('they have met', () => asker.peers()[0]?.peer)
  let [right, wrong] = [0, 0]
  for (const digest of digests) {
    const parts: Uint8Array[] = []
    for (let offset = 0, size = 1; offset < size; offset += 2 ** 20) {
      const answer = decodeBlobAnswer(await asker.ask(holder, '/ggen/blob/1', encodeBlobQuestion({ digest, offset, length: 2 ** 20 }), never))
      if (answer === undefined) break
      size = answer.sizeBytes
      parts.push(answer.bytes)
    }
    if (parts.length === 0) continue
    if (digestOf(Buffer.concat(parts)) === digest) right += 1
    else wrong += 1
  }
  return { right, wrong }
}

test(`${FLIPS} bits flip on the disk of a node: it gives nobody a wrong byte, and brings here again what it needs`, async (t) => {
  await using work = await temporaryFolder()
  await using origin = await openRealNode()
  const archives = await publishAll(origin)
  const knows = origin.catalogue.arrivals(0, 1000).envelopes
  const folder = join(work.path, 'mirror')
  const fetchAll = async ({ marketplace }: RealNode): Promise<readonly Digest[]> => {
    const again: Digest[] = []
    for (let index = 0; index < PACKAGES; index += 1) {
      const { digest, sources } = await marketplace.fetch({ spec: parsePackageSpec(nameOf(index)) }, AbortSignal.timeout(30_000))
      assert.equal(digestOf(Buffer.concat(await Array.fromAsync(marketplace.read(digest, never)))), digest)
      if (sources.length > 0) again.push(digest)
    }
    return again
  }
  {
    await using mirror = await openRealNode({ folder, knows, bootstrap: origin.addresses })
    await until('they have met', () => mirror.network.peers().length === 1)
    assert.equal((await fetchAll(mirror)).length, PACKAGES)
  }
  const damaged = await rot(folder, FLIPS)
  {
    // Nobody is there to get them from: what is damaged is not served, and what is not, is.
    await using mirror = await openRealNode({ folder })
    const { right, wrong } = await askFor(mirror.addresses, archives)
    const sound = archives.filter((digest) => !damaged.has(digest)).length
    assert.deepEqual({ right, wrong }, { right: sound, wrong: 0 })
  }
  let refetched = 0
  {
    await using mirror = await openRealNode({ folder, bootstrap: origin.addresses })
    await until('they have met', () => mirror.network.peers().length === 1)
    refetched += (await fetchAll(mirror)).length
    assert.equal(refetched, archives.filter((digest) => damaged.has(digest)).length)
    // While it runs, it takes for right what was right a moment ago; who installs looks again.
    const later = await rot(folder, FLIPS)
    const again = await fetchAll(mirror)
    assert.deepEqual(new Set(again), new Set(archives.filter((digest) => later.has(digest))))
    refetched += again.length
    assert.deepEqual(await askFor(mirror.addresses, archives), { right: PACKAGES, wrong: 0 })
  }
  t.diagnostic(`${FLIPS} flipped bits in ${damaged.size} blobs, and as many again: 0 served wrong, ${refetched} archives fetched again, all right at the end`)
})
