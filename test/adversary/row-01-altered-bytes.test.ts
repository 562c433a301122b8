import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Digest, type GgenEvent, parseMultiaddr, parsePackageSpec, type PeerId } from '#core'
import { installPackage, memoryTarget } from '#flow/install'
import { chunkListDigest } from '#wire'
import { inTurns, rounds, seeded, temporaryFolder, until } from '#testing'
import type { BlobFile } from '../faults/file-shelf.ts'
import { type Holder, type HolderFault, startHolders } from '../faults/holder.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const VICTIMS = rounds(10, 40)
const NAMED_VICTIMS = rounds(2, 3)
/** So small that they come with the answer to who has them, one piece, and several with a list of their hashes. */
const SIZES_BYTES = [500, 3000, 50_000, 400_000, 2_500_000]
const INSTALLS = VICTIMS * SIZES_BYTES.length

interface Package {
  readonly name: string
  readonly content: Uint8Array
  readonly digest: Digest
}

const nameOf = (index: number): string => `altered-${index}`

/** What the publisher has on its disk when it leaves. */
const publishAll = async (publisher: RealNode, folder: string): Promise<{ readonly packages: Package[]; readonly files: BlobFile[] }> => {
  const packages: Package[] = []
  const files: BlobFile[] = []
  const keep = async (digest: Digest): Promise<void> => {
    const bytes = Buffer.concat(await Array.fromAsync(publisher.blobs.stream(digest)))
    const path = join(folder, digest.slice('sha256:'.length))
    await writeFile(path, bytes)
    files.push({ digest, sizeBytes: bytes.length, path })
  }
  for (const [index, size] of SIZES_BYTES.entries()) {
    const content = seeded(nameOf(index)).bytes(size)
    const { digest } = await publisher.publish({ 'pack.toml': `[pack]\nname = "${nameOf(index)}"\nversion = "1.0.0"\n`, 'content.bin': content }, 'alice')
    packages.push({ name: nameOf(index), content, digest })
    await keep(digest)
    const { proof } = await publisher.marketplace.fetch({ spec: parsePackageSpec(nameOf(index)) }, never)
    if (proof?.chunks !== undefined) await keep(chunkListDigest(proof.chunks))
  }
  return { packages, files }
}

const installRight = async ({ marketplace }: RealNode, { name, content }: Package): Promise<boolean> => {
  const release = await marketplace.fetch({ spec: parsePackageSpec(name) }, AbortSignal.timeout(30_000))
  const target = memoryTarget()
  await installPackage({ release, chunks: marketplace.read(release.digest, never) }, target, never)
  return Buffer.compare(target.files.get(`${name}/content.bin`)?.content ?? Buffer.alloc(0), content) === 0
}

type Banned = Extract<GgenEvent, { readonly type: 'peer-banned' }>

const bansIn = (events: readonly GgenEvent[]): readonly PeerId[] =>
  events.filter((event): event is Banned => event.type === 'peer-banned').map(({ peer }) => peer)

/** How often a victim was given something wrong by a peer. */
const caught = (events: readonly GgenEvent[], liar: string): number =>
  events.filter((event) => event.type === 'holder-failed' && event.peer === liar && event.code === 'integrity').length

/** One whose user named the four holders: none is banned, and who lied is not asked again all the same. Resolves to how many lied. */
const named = async (knows: readonly Uint8Array[], packages: readonly Package[], holders: readonly Holder[]): Promise<number> => {
  const bootstrap = holders.flatMap(({ addresses }) => addresses).map(parseMultiaddr)
  await using victim = await openRealNode({ knows, bootstrap })
  await until('all holders are met', () => victim.network.peers().length === holders.length)
  for (const package_ of packages) assert.ok(await installRight(victim, package_), `${package_.name} has wrong bytes`)
  assert.deepEqual(bansIn(victim.events), [])
  const lies = holders.map(({ peerId }) => caught(victim.events, peerId))
  assert.ok(lies.every((times) => times <= 1), `lies: ${lies.join(', ')}`)
  return lies.filter((times) => times === 1).length
}

/** One that has met all four holders and knows the packages, and nothing of what others found out about the holders; resolves to how many it banned. */
const attack = async (knows: readonly Uint8Array[], packages: readonly Package[], holders: readonly Holder[]): Promise<number> => {
  // Met, and not named by its user: whom a user names is never banned.
  await using victim = await openRealNode({ knows })
  for (const address of holders.flatMap(({ addresses }) => addresses)) await victim.network.dial(parseMultiaddr(address), AbortSignal.timeout(30_000))
  for (const package_ of packages) assert.ok(await installRight(victim, package_), `${package_.name} has wrong bytes`)
  const [honest, ...liars] = holders
  const banned = bansIn(victim.events)
  assert.ok(!banned.some((peer) => peer === honest?.peerId), 'the honest one was banned')
  assert.equal(new Set(banned).size, banned.length)
  for (const { peerId } of liars) {
    const times = caught(victim.events, peerId)
    assert.ok(times <= 1, `${peerId} was asked again after it had lied`)
    // A wrong list of hashes is a lie as well, though of no archive.
    assert.ok(times === 0 || banned.some((peer) => peer === peerId), `${peerId} lied and is not banned`)
  }
  return banned.length
}

test(`${INSTALLS} installs from four holders of which three change a byte of whatever they give: all right, and a liar lies once`, async (t) => {
  await using work = await temporaryFolder()
  await using publisher = await openRealNode()
  const { packages, files } = await publishAll(publisher, work.path)
  const knows = publisher.catalogue.arrivals(0, 1000).envelopes
  const about = files.map(({ digest }) => digest)
  const flip: HolderFault = { lie: { kind: 'flip' }, about }
  await using process_ = await startHolders({ files }, [{}, flip, flip, flip])
  const banned = await inTurns(Array.from({ length: VICTIMS }), 2, () => attack(knows, packages, process_.holders))
  const lies = banned.reduce((sum, count) => sum + count, 0)
  const namedLiars = await inTurns(Array.from({ length: NAMED_VICTIMS }), 2, () => named(knows, packages, process_.holders))
  t.diagnostic(`${NAMED_VICTIMS} nodes whose users named the liars: each of ${namedLiars.reduce((sum, count) => sum + count, 0)} asked liars lied once`)
  t.diagnostic(`${INSTALLS} installs: ${INSTALLS} right, 0 wrong; ${lies} of ${3 * VICTIMS} liars were asked and banned for the first lie`)
  assert.ok(lies > VICTIMS && namedLiars.some((count) => count > 0), 'the liars were asked')
})
