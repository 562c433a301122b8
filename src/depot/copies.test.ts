import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { parseIntegrity, sha512Of } from '#npm'
import { recruitCopies } from './copies.ts'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'
import { KeepingForOthers } from './keeping-for-others.ts'
import { KeptLockfiles } from './kept-lockfiles.ts'

const BYTES = Buffer.from('the bytes of an archive')
const SHA512 = sha512Of(parseIntegrity(integrityOfBytes(BYTES))) ?? assert.fail()
const NOWHERE = 'f'.repeat(128) as Sha512

/** A node that holds an archive, and others that know it. */
const team = async (count: number, stack: AsyncDisposableStack): Promise<{ giver: DepotScene; takers: readonly DepotScene[] }> => {
  const giver = stack.use(new DepotScene())
  giver.registry.publish('1.0.0', BYTES)
  await giver.inTime(giver.depot.bring({ name: TOOL, version: '1.0.0' }, going))
  const takers = Array.from({ length: count }, (_, at) => stack.use(new DepotScene(giver.registry, `peer-${at}`)))
  giver.others.push(...takers)
  for (const taker of takers) taker.others.push(giver)
  return { giver, takers }
}

/** Lets the time of all of them pass until the work is over. */
const inTime = async <T>(scenes: readonly DepotScene[], work: Promise<T>): Promise<T> => {
  const [first, ...rest] = scenes
  assert.ok(first !== undefined)
  const others = rest.map(async (scene) => await scene.inTime(work))
  const result = await first.inTime(work)
  await Promise.all(others)
  return result
}

const wish = { replicas: 2, waitMs: 60_000, signal: going }

describe('copies at others', () => {
  it('are fetched by as many peers as are wanted, which keep them', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(4, stack)
    const [holders = []] = await inTime([giver, ...takers], giver.depot.copies([SHA512], wish))
    assert.equal(holders.length, 2)
    for (const taker of takers) {
      const isHolder = holders.includes(taker.self)
      const kept = taker.trust.archives.reasons().map(({ reason, archives, bytes }) => [reason, archives, bytes])
      assert.deepEqual(kept, isHolder ? [['for peer-a', 1, BYTES.length]] : [])
      const known = taker.records.tarball(SHA512)
      assert.equal(known !== undefined && taker.trust.isKept(known.digest), isHolder)
      assert.equal(known?.isPrivate, isHolder ? true : undefined)
    }
    const [again = []] = await inTime([giver, ...takers], giver.depot.copies([SHA512], wish))
    assert.deepEqual(again.toSorted(), holders.toSorted(), 'asked again, the same have it')
    assert.equal(giver.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('are as many as there can be', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(1, stack)
    assert.deepEqual(await inTime([giver, ...takers], giver.depot.copies([SHA512, NOWHERE], wish)), [['peer-0'], []])
    giver.others.length = 0
    assert.deepEqual(await giver.inTime(giver.depot.copies([SHA512], wish)), [[]])
    const stopped = giver.depot.copies([SHA512], { ...wish, signal: AbortSignal.abort(new Error('enough')) })
    await assert.doesNotReject(stopped, 'there is nobody to wait for')
  })

  it('are not waited for longer than is wanted, nor by who left', async () => {
    await using scene = new DepotScene()
    const coming = { network: { ask: async () => (await import('#wire')).encodeNpmAnswer({ tarballs: ['coming'], enclosed: new Map(), documents: [] }) } }
    const parts = { ...coming, clock: scene.clock, team: { peers: ['p' as PeerId] } }
    assert.deepEqual(await scene.inTime(recruitCopies(parts, [SHA512], { ...wish, waitMs: 500 })), [[]])
    const leave = new AbortController()
    const left = recruitCopies(parts, [SHA512], { ...wish, signal: leave.signal })
    leave.abort(new Error('left'))
    await assert.rejects(scene.inTime(left), /left/)
  })
})

describe('keeping for others', () => {
  const keeping = (scene: DepotScene, more: object = {}): KeepingForOthers => {
    const network = { ask: async (...[, , question, signal]: readonly [PeerId, string, Uint8Array, AbortSignal]) =>
      await (scene.others[0] ?? assert.fail()).depot.answer(question, scene.self, signal) }
    const parts = {
      records: scene.records, blobs: scene.blobs, network: network as never, clock: scene.clock, kept: scene.trust.archives,
      events: { emit: () => undefined } as never, keepsFor: () => true, fetchFrom: () => Promise.reject(new Error('not fetched')),
    }
    return new KeepingForOthers({ ...parts, ...more })
  }

  it('is for nobody outside', async () => {
    await using stack = new AsyncDisposableStack()
    const { takers: [taker] } = await team(1, stack)
    assert.ok(taker !== undefined)
    const outside = stack.use(keeping(taker, { keepsFor: () => false }))
    assert.deepEqual(await outside.answer([SHA512], 'peer-a' as PeerId, going), [undefined])
  })

  it('keeps no more than its room, and nothing that is not what was asked for', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers: [taker] } = await team(1, stack)
    assert.ok(taker !== undefined)
    const told: { code: string }[] = []
    const events = { emit: (event: { code: string }) => told.push(event) }
    const wrong = async ({ digest }: { readonly digest: string }): Promise<void> => {
      await using writer = await taker.blobs.create()
      await writer.append(Buffer.from('something else'))
      await writer.seal(digest as never)
    }
    const lied = stack.use(keeping(taker, { events, fetchFrom: wrong }))
    const [said] = await lied.answer([SHA512], giver.self, going)
    assert.equal(said, 'coming')
    await taker.inTime(lied.settle())
    assert.deepEqual([told.length, taker.trust.archives.reasons()], [1, []])
    assert.deepEqual(await lied.answer([SHA512], giver.self, going), [undefined], 'not at once again')
    taker.trust.archives.put('for peer-x', [{ digest: `sha256:${'1'.repeat(64)}` as never, sha512: NOWHERE, sizeBytes: NPM_LIMITS.keptForOthersBytes }], 0)
    const known = giver.records.tarball(SHA512) ?? assert.fail()
    giver.trust.archives.put('for peer-x', [{ digest: `sha256:${'1'.repeat(64)}` as never, sha512: NOWHERE, sizeBytes: NPM_LIMITS.keptForOthersBytes }], 0)
    const full = stack.use(keeping(giver))
    assert.deepEqual(await full.answer([SHA512], taker.self, going), [undefined])
    assert.equal(giver.trust.isKept(known.digest), false)
  })
})

describe('what lock files keep', () => {
  it('is what is here of them, until they are dropped', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    const { digest } = await scene.inTime(scene.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    const lockfiles = new KeptLockfiles({ records: scene.records, blobs: scene.blobs, kept: scene.trust.archives, clock: scene.clock })
    assert.deepEqual(await lockfiles.keep('/p/yarn.lock', [SHA512, SHA512, NOWHERE]), { archives: 1, bytes: BYTES.length, missing: [NOWHERE] })
    assert.deepEqual((await scene.blobs.list()).map(({ isKept }) => isKept), [true])
    scene.trust.archives.add('for peer-x', { digest, sha512: SHA512, sizeBytes: 1 }, 7)
    assert.deepEqual(lockfiles.all().map(({ lockfile, peer }) => lockfile ?? peer), ['peer-x', '/p/yarn.lock'])
    assert.deepEqual([lockfiles.drop('/p/yarn.lock'), lockfiles.drop('/p/yarn.lock')], [true, false])
  })
})
