import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Events, GgenError, type GgenEvent, isGgenError, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { parseIntegrity, sha512Of } from '#npm'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'
import { KeepingAtOthers } from './keeping-at-others.ts'
import { BYTES, inTime, pass, SHA512, team } from './keepers-scene.conformance.ts'

const LOCK = '/p/yarn.lock'
const wish = { waitMs: 30_000, signal: going }
const keep = async ({ depot }: DepotScene, { tarballs = [SHA512], replicas = 2, path = LOCK }: {
  readonly tarballs?: readonly Sha512[]; readonly replicas?: number; readonly path?: string
} = {}) => await depot.lockfiles.keep(path, { tarballs, replicas })

/** Who of them keeps something for the node that asked. */
const keepers = (scenes: readonly DepotScene[]): readonly string[] =>
  scenes.filter(({ trust }) => trust.archives.of('for peer-a').length > 0).map(({ self }) => self)
const seenOf = ({ depot }: DepotScene, path = LOCK) => depot.lockfiles.all().find(({ lockfile }) => lockfile === path)?.copies?.seen
const changes = ({ told }: DepotScene): readonly GgenEvent[] => told.filter(({ type }) => type === 'npm-copies-changed')

describe('copies at others', () => {
  it('are fetched by as many peers as are wanted, which keep them', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(4, stack)
    await keep(giver)
    const copies = await inTime([giver, ...takers], giver.depot.lockfiles.recruit(LOCK, wish))
    assert.deepEqual([copies.wanted, copies.lowest, copies.share, copies.peers.length], [2, 2, 1, 2])
    assert.deepEqual(copies.peers.map(({ peer }) => peer).toSorted(), keepers(takers))
    for (const taker of takers) {
      const isHolder = keepers(takers).includes(taker.self)
      const kept = taker.trust.archives.reasons().map(({ reason, archives, bytes }) => [reason, archives, bytes])
      assert.deepEqual(kept, isHolder ? [['for peer-a', 1, BYTES.length]] : [])
      const known = taker.records.tarball(SHA512)
      assert.equal(known !== undefined && taker.trust.isKept(known.digest), isHolder)
      assert.equal(known?.isPrivate, isHolder ? true : undefined)
    }
    const again = await inTime([giver, ...takers], giver.depot.lockfiles.recruit(LOCK, wish))
    assert.deepEqual([again.lowest, keepers(takers).length], [2, 2], 'asked again, the same have it')
    assert.equal(giver.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('are as many as there can be, and nothing where nothing is kept', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(1, stack)
    await keep(giver)
    const one = await inTime([giver, ...takers], giver.depot.lockfiles.recruit(LOCK, wish))
    assert.deepEqual(one, { wanted: 2, lowest: 1, share: 0, peers: [{ peer: 'peer-0', archives: 1 }] })
    giver.meets()
    assert.deepEqual((await giver.inTime(giver.depot.lockfiles.recruit(LOCK, wish))).peers, [])
    await assert.rejects(giver.depot.lockfiles.recruit('/p/other.lock', wish), (error) => isGgenError(error, 'not-pinned'))
  })

  it('are not waited for by who left', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver } = await team(1, stack)
    await keep(giver)
    const leave = new AbortController()
    const left = giver.depot.lockfiles.recruit(LOCK, { waitMs: 30_000, signal: leave.signal })
    leave.abort(new Error('left'))
    await assert.rejects(giver.inTime(left), /left/)
  })
})

describe('looking after copies', () => {
  it('lets another take over from one who is gone for good, and from nobody who is away for a while', { timeout: 60_000 }, async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(3, stack)
    const all = [giver, ...takers]
    await keep(giver)
    await inTime(all, giver.depot.lockfiles.recruit(LOCK, wish))
    const [gone = '', stays = ''] = keepers(takers)
    giver.meets(...takers.filter(({ self }) => self !== gone))
    await pass(all, NPM_LIMITS.keeperAwayMs - 2 * NPM_LIMITS.copiesEveryMs, NPM_LIMITS.copiesPauseMs)
    assert.deepEqual(keepers(takers), [gone, stays].toSorted(), 'it may come back')
    assert.deepEqual([seenOf(giver)?.lowest, changes(giver)], [2, []])
    await pass(all, 4 * NPM_LIMITS.copiesEveryMs, 1000)
    assert.equal(keepers(takers).length, 3, 'the third has it now')
    assert.deepEqual([seenOf(giver)?.lowest, seenOf(giver)?.share], [2, 1])
    assert.deepEqual(changes(giver), [], 'there were never too few')
    giver.meets(...takers)
    await pass(all, NPM_LIMITS.leaseMs + 2 * NPM_LIMITS.leaseAgainMs, 6 * NPM_LIMITS.copiesEveryMs)
    assert.equal(keepers(takers).length, 2, 'more than is wanted ends by itself, and what is wanted does not')
  })

  it('asks who comes when there are too few, soon, and says that it is better now', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(2, stack)
    const [first, second] = takers
    assert.ok(first !== undefined && second !== undefined)
    const all = [giver, ...takers]
    giver.meets(first)
    await keep(giver)
    assert.equal((await inTime(all, giver.depot.lockfiles.recruit(LOCK, wish))).lowest, 1)
    await pass(all, NPM_LIMITS.copiesFirstMs + 2 * NPM_LIMITS.copiesPauseMs)
    assert.deepEqual(keepers(takers), ['peer-0'])
    giver.meets(first, second)
    await pass(all, 2 * NPM_LIMITS.copiesPauseMs, 1000)
    assert.deepEqual(keepers(takers), ['peer-0', 'peer-1'])
    assert.deepEqual(changes(giver).map((event) => event.type === 'npm-copies-changed' && [event.lockfile, event.wanted, event.lowest, event.share]), [
      [LOCK, 2, 1, 0], [LOCK, 2, 2, 1],
    ])
  })

  it('looks no more than once a minute, however often a peer comes and goes', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(1, stack)
    const [taker] = takers
    assert.ok(taker !== undefined)
    await keep(giver, { replicas: 1 })
    await inTime([giver, taker], giver.depot.lockfiles.recruit(LOCK, wish))
    await pass([giver, taker], NPM_LIMITS.copiesFirstMs, 1000)
    const looks = new Set<number>()
    for (let second = 0; second < 300; second += 1) {
      giver.meets(taker)
      await pass([giver, taker], 1000, 1000)
      looks.add(seenOf(giver)?.at ?? 0)
    }
    assert.ok(looks.size >= 4 && looks.size <= 6, `${looks.size} looks in five minutes`)
  })

  it('gives keepers of before time to come back after a start', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(1, stack)
    const all = [giver, ...takers]
    await keep(giver, { replicas: 1 })
    await pass(all, NPM_LIMITS.keepersComeMs - NPM_LIMITS.copiesEveryMs)
    assert.deepEqual([keepers(takers), seenOf(giver)?.lowest], [[], 0], 'nobody has asked for copies now')
    assert.equal(changes(giver).length, 1)
    await pass(all, 3 * NPM_LIMITS.copiesEveryMs)
    assert.deepEqual([keepers(takers), seenOf(giver)?.lowest], [['peer-0'], 1])
  })

  it('finds the keepers of before after a start, and asks for no more copies', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(4, stack)
    await keep(giver)
    await inTime([giver, ...takers], giver.depot.lockfiles.recruit(LOCK, wish))
    const before = keepers(takers)
    const again = stack.use(new DepotScene(giver.registry))
    again.meets(...takers)
    for (const taker of takers) taker.meets(again)
    await again.inTime(again.depot.bring({ name: TOOL, version: '1.0.0' }, going))
    await keep(again)
    assert.equal(seenOf(again), undefined, 'nobody has looked')
    await pass([again, ...takers], NPM_LIMITS.keepersComeMs + 2 * NPM_LIMITS.copiesEveryMs)
    assert.deepEqual([seenOf(again)?.lowest, seenOf(again)?.share, keepers(takers)], [2, 1, before])
    assert.deepEqual(changes(again), [])
  })

  it('tells peers what need not stay: what was dropped, and what a changed lock file has no more, but nothing that another keeps', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver, takers } = await team(1, stack)
    const all = [giver, ...takers]
    const more = Buffer.from('the bytes of another')
    giver.registry.publish('2.0.0', more)
    await giver.inTime(giver.depot.bring({ name: TOOL, version: '2.0.0' }, going))
    const second = sha512Of(parseIntegrity(integrityOfBytes(more))) ?? assert.fail()
    const kept = (): readonly string[] => takers.flatMap(({ trust }) => trust.archives.of('for peer-a').map(({ sha512 }) => sha512)).toSorted()
    await keep(giver, { tarballs: [SHA512, second], replicas: 1 })
    await keep(giver, { tarballs: [SHA512], replicas: 1, path: '/p/other.lock' })
    await inTime(all, giver.depot.lockfiles.recruit(LOCK, wish))
    assert.deepEqual(kept(), [SHA512, second].toSorted())
    await keep(giver, { tarballs: [SHA512], replicas: 1 })
    await pass(all, 10, 1)
    assert.deepEqual(kept(), [SHA512])
    assert.equal(giver.depot.lockfiles.drop(LOCK), true)
    await pass(all, 10, 1)
    assert.deepEqual(kept(), [SHA512], 'the other lock file needs it')
    assert.equal(giver.depot.lockfiles.drop('/p/other.lock'), true)
    await pass(all, 10, 1)
    assert.deepEqual(kept(), [])
  })

  it('asks nobody where everybody may come in, and lets go in time what is kept for others', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver: { clock, trust: { archives: kept }, records } } = await team(0, stack)
    let lapses = 0
    const network = { ask: () => assert.fail('nobody is asked'), onPeer: () => assert.fail('nobody is waited for') }
    const alone = stack.use(new KeepingAtOthers({
      network, clock, kept, team: { peers: ['peer-0' as PeerId] }, events: new Events(), asks: false, lapse: () => (lapses += 1),
    }))
    const { digest, sizeBytes } = records.tarball(SHA512) ?? assert.fail()
    kept.put('lock /l', [{ digest, sha512: SHA512, sizeBytes }], { since: 1, copies: 3 })
    assert.deepEqual(await alone.recruit('lock /l', wish), { wanted: 3, lowest: 0, share: 0, peers: [] })
    alone.letGo([SHA512])
    await pass([{ clock }], 3 * NPM_LIMITS.copiesEveryMs)
    assert.ok(lapses >= 2, `${lapses} times in half an hour`)
  })

  it('says when it fails, and goes on', async () => {
    await using stack = new AsyncDisposableStack()
    const { giver: { clock, trust: { archives: kept } } } = await team(0, stack)
    const told: string[] = []
    const events = new Events()
    events.subscribe((event) => told.push(event.type === 'task-failed' ? event.code : event.type))
    const network = { ask: () => assert.fail('nobody is asked'), onPeer: () => ({ [Symbol.dispose]: () => undefined }) }
    const lapse = (): void => {
      throw new GgenError('store-broken', 'the disk is broken')
    }
    stack.use(new KeepingAtOthers({ network, clock, kept, team: { peers: [] }, events, asks: true, lapse }))
    await pass([{ clock }], 3 * NPM_LIMITS.copiesEveryMs)
    assert.ok(told.length >= 2 && told.every((code) => code === 'store-broken'), told.join(' '))
  })
})
