import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NPM_LIMITS, type PeerId } from '#core'
import { type DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import { KeepingForOthers } from './keeping-for-others.ts'
import { NOWHERE, SHA512, team } from './keepers-scene.conformance.ts'

const MUCH = [{ digest: `sha256:${'1'.repeat(64)}` as never, sha512: NOWHERE, sizeBytes: NPM_LIMITS.keptForOthersBytes }]
const OTHER = 'peer-x' as PeerId

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
    assert.deepEqual(await outside.answer({ word: 'take', tarballs: [SHA512], from: 'peer-a' as PeerId }, going), [undefined])
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
    const [said] = await lied.answer({ word: 'take', tarballs: [SHA512], from: giver.self }, going)
    assert.equal(said, 'coming')
    await taker.inTime(lied.settle())
    assert.deepEqual([told.length, taker.trust.archives.reasons()], [1, []])
    assert.deepEqual(await lied.answer({ word: 'take', tarballs: [SHA512], from: giver.self }, going), [undefined], 'not at once again')
    taker.trust.archives.add('for peer-x', MUCH, 0)
    const known = giver.records.tarball(SHA512) ?? assert.fail()
    giver.trust.archives.add('for peer-x', MUCH, 0)
    const full = stack.use(keeping(giver))
    assert.deepEqual(await full.answer({ word: 'take', tarballs: [SHA512], from: taker.self }, going), [undefined])
    assert.equal(giver.trust.isKept(known.digest), false)
  })

  it('says which it keeps for whom, until that peer lets them go', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers: [taker] } = await team(1, stack)
    assert.ok(taker !== undefined)
    const { depot, trust, records } = taker
    const own = stack.use(keeping(taker, { fetchFrom: async () => await taker.inTime(depot.bring({ name: TOOL, version: '1.0.0' }, going)) }))
    const say = async (word: 'ask' | 'take' | 'drop', from = giver.self) => (await own.answer({ word, tarballs: [SHA512], from }, going)).map((one) =>
      typeof one === 'object' ? 'kept' : one)
    assert.deepEqual([await say('ask'), await say('take'), await say('ask')], [[undefined], ['coming'], ['coming']], 'what is asked alone is not fetched')
    assert.deepEqual(await say('ask', OTHER), [undefined], 'it is for somebody else')
    await taker.inTime(own.settle())
    assert.deepEqual([await say('ask'), await say('ask', OTHER), await say('take', OTHER)], [['kept'], [undefined], ['kept']])
    assert.deepEqual(await say('drop'), [undefined])
    assert.deepEqual([await say('ask'), await say('ask', OTHER)], [[undefined], ['kept']], 'what another wants stays')
    await say('drop', OTHER)
    assert.equal(trust.isKept(records.tarball(SHA512)?.digest ?? assert.fail()), false)
  })

  it('fetches nothing that is not wanted any more', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers: [taker] } = await team(1, stack)
    assert.ok(taker !== undefined)
    const told: unknown[] = []
    const never = (_artifact: unknown, _peer: unknown, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    const own = stack.use(keeping(taker, { fetchFrom: never, events: { emit: (event: unknown) => told.push(event) } }))
    const say = async (word: 'ask' | 'take' | 'drop') => await own.answer({ word, tarballs: [SHA512], from: giver.self }, going)
    assert.deepEqual(await say('take'), ['coming'])
    await say('drop')
    await taker.inTime(own.settle())
    assert.deepEqual([await say('ask'), taker.trust.archives.reasons(), told], [[undefined], [], []])
  })

  it('ends when nobody has asked again for a long time, and is noted anew once a day', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers: [taker] } = await team(1, stack)
    assert.ok(taker !== undefined)
    await taker.inTime(taker.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    const own = stack.use(keeping(taker))
    const take = async (): Promise<number | undefined> => {
      await own.answer({ word: 'take', tarballs: [SHA512], from: giver.self }, going)
      return taker.trust.archives.reasons()[0]?.since
    }
    const began = taker.clock.now()
    assert.equal(await take(), began)
    taker.clock.advance(NPM_LIMITS.leaseAgainMs - 1)
    assert.equal(await take(), began, 'the disk is left alone')
    taker.clock.advance(1)
    const again = began + NPM_LIMITS.leaseAgainMs
    assert.equal(await take(), again)
    taker.clock.advance(NPM_LIMITS.leaseMs)
    own.lapse()
    assert.equal(taker.trust.archives.reasons().length, 1)
    taker.clock.advance(1)
    own.lapse()
    assert.deepEqual(taker.trust.archives.reasons(), [])
  })
})
