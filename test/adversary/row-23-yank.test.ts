import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Artifact, isGgenError, parsePackageName, parsePackageSpec, parseVersion } from '#core'
import { installPackage, memoryTarget } from '#flow/install'
import { announceOps } from '#flow/announce'
import { createIdentity, encodePayload, keyPairFromSeed, openOp, signPayload } from '#trust'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import { inTurns, seeded, smallPackage, TEST_EPOCH, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const TRIES = 20
const NAME = parsePackageName('left-pad')
const SPEC = parsePackageSpec(NAME)

/** What its publisher says next: it is to be chosen no more. */
const yankOf = (node: RealNode): Uint8Array => {
  const { identity, release } = createIdentity(seeded('alice'), TEST_EPOCH)
  const key = keyPairFromSeed(release)
  const [last] = node.catalogue.feedOps(identity, NAME).map(openOp)
  assert.ok(last)
  const body = { roles: identity, name: NAME, version: parseVersion('1.0.0'), state: 'yanked', why: 'I unpublish everything' } as const
  return signPayload(encodePayload({ type: 'status', identity, feed: key.publicKey, seq: 1, prev: last.id, at: last.at + 1, body }), [key])
}

const outcome = async (node: RealNode, spec: string): Promise<string> => {
  try {
    await node.marketplace.fetch({ spec: parsePackageSpec(spec) }, AbortSignal.timeout(10_000))
    return 'fetched'
  } catch (error) {
    assert.ok(isGgenError(error))
    return error.code
  }
}

/** Somebody whose lock names the bytes: asks those who have them, by their hash alone. */
const bytesByHash = async (asker: RealNode, holder: RealNode, { digest, sizeBytes }: Pick<Artifact, 'digest' | 'sizeBytes'>): Promise<Uint8Array> => {
  const answer = await asker.network.ask(holder.network.self, '/ggen/blob/1', encodeBlobQuestion({ digest, offset: 0, length: sizeBytes }), never)
  return decodeBlobAnswer(answer)?.bytes ?? new Uint8Array()
}

test(`after a yank nobody new gets the version, and whoever has its hash still gets its bytes`, async (t) => {
  await using publisher = await openRealNode()
  await publisher.publish(smallPackage(NAME), 'alice')
  await using mirror = await openRealNode({ bootstrap: publisher.addresses })
  await until('the mirror knows it', () => mirror.catalogue.claimants(NAME).length === 1)
  const pinned = await mirror.marketplace.keeping.pin(SPEC, never)
  const locked = await mirror.marketplace.fetch({ spec: SPEC }, never)
  const yank = yankOf(publisher)
  await announceOps(publisher.network, [{ bytes: yank }])
  await until('the mirror knows that it was yanked', () => mirror.catalogue.hasOp(openOp(yank).id))
  await publisher[Symbol.asyncDispose]()

  const knows = mirror.catalogue.arrivals(0, 10).envelopes
  const results = await inTurns(Array.from({ length: TRIES }), 2, async () => {
    await using newcomer = await openRealNode({ knows, bootstrap: mirror.addresses })
    await until('they have met', () => newcomer.network.peers().length === 1)
    const chosen = await Promise.all([NAME, `${NAME}@^1`, `${NAME}@1.0.0`].map((spec) => outcome(newcomer, spec)))
    const bytes = await bytesByHash(newcomer, mirror, locked)
    const target = memoryTarget()
    await installPackage({ release: locked, chunks: (async function* () { yield bytes })() }, target, never)
    return { chosen, files: target.files.size }
  })
  assert.deepEqual([...new Set(results.flatMap(({ chosen }) => chosen))], ['version-not-found'])
  assert.ok(results.every(({ files }) => files === 2))
  assert.deepEqual((await mirror.marketplace.keeping.pins()).map(({ digest }) => digest), [pinned.digest])
  t.diagnostic(`after the yank: ${TRIES} of ${TRIES} who have the hash get the bytes, 0 of ${3 * TRIES} new choices of the version`)
})
