import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Events, type GgenEvent, isFeedOp, LIMITS, type Op, type OpSource } from '#core'
import { answerFeed, answerSync, Snapshots } from '#flow/sync'
import { type MemoryHub, memoryHub, type Network } from '#network'
import { createViews } from '#flow/verify'
import { type Catalogue, memoryBlobStore, memoryCatalogue, memoryTrustStore, WHOLE_SET } from '#store'
import { Publisher, seeded, TestClock, until } from '#testing'
import { openEach, openOp } from '#trust'
import { encodeFeedQuestion } from '#wire'
import { Background } from './background.ts'
import { Replica } from './replica.ts'

const never = new AbortController().signal
const [alice, bob] = [new Publisher('alice'), new Publisher('bob')]
const tool = ['1.0.0', '1.1.0', '1.2.0'].map((version) => alice.release('tool', version))
const [other, foreign] = [alice.release('other', '1.0.0'), bob.release('foreign', '1.0.0')]

interface Node {
  readonly network: Network
  readonly catalogue: Catalogue
}

interface Scene {
  readonly clock: TestClock
  readonly hub: MemoryHub
  readonly replica: Replica
  readonly mine: Node
  /** A node that answers out of its catalogue and does nothing by itself. */
  readonly theirs: Node
  readonly events: readonly GgenEvent[]
  /** Releases and status ops. */
  readonly added: readonly (readonly [OpSource, Op['id']])[]
}

const setUp = (context: TestContext): Scene => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const [mine, theirs] = [0, 1].map(() => ({ network: hub.join(), catalogue: memoryCatalogue() })) as [Node, Node]
  const added: (readonly [OpSource, Op['id']])[] = []
  const blobs = memoryBlobStore()
  answerFeed(theirs.network, theirs.catalogue)
  answerSync({ ...theirs, snapshots: new Snapshots({ catalogue: theirs.catalogue, blobs, clock, background: () => undefined }) })
  const replica = new Replica({
    ...mine, blobs, clock, trust: memoryTrustStore(), views: createViews(mine.catalogue), random: seeded('replica'), events, background: new Background(events),
    syncEveryMs: LIMITS.syncEveryMs, openAll: async (envelopes) => openEach(envelopes),
    readBlob: (_peer, { digest, sizeBytes }) => blobs.read(digest, { offset: 0, length: sizeBytes }),
    quota: { total: Infinity, perIdentity: Infinity }, isDear: () => false,
    onAdded: (op, source) => {
      if (isFeedOp(op)) added.push([source, op.id])
    },
    onDropped: () => assert.fail('there is room'),
  })
  context.after(() => replica[Symbol.asyncDispose]())
  return { clock, hub, replica, mine, theirs, events: seen, added }
}

const fill = ({ catalogue }: Node, envelopes: readonly Uint8Array[]): void => {
  for (const envelope of envelopes) catalogue.putOp(openOp(envelope))
}
const bytesOf = ({ bytes }: Op): Uint8Array => bytes

test('an op that was heard before what it stands on is followed by a session with its sender, without waiting for the next round', async (context) => {
  const { hub, replica, mine, theirs, events, added } = setUp(context)
  replica.answer()
  replica.follow()
  hub.link(mine.network.self, theirs.network.self)
  await until('the first session is over', () => events.some(({ type }) => type === 'synced'))
  fill(theirs, [alice.genesis, bob.genesis, ...[...tool, other, foreign].map(bytesOf)])
  await theirs.network.announce(tool[2]!.bytes)
  await until('all is here', () => mine.catalogue.counts().ops === 7)
  assert.deepEqual(mine.catalogue.measure(WHOLE_SET), theirs.catalogue.measure(WHOLE_SET))
  assert.deepEqual(new Set(added.map(([, id]) => id)), new Set([...tool, other, foreign].map(({ id }) => id)), 'each is told once')
  assert.equal(added.length, 5)
  assert(added.some(([source, id]) => source === 'sync' && id === foreign.id), 'the session brought what nobody had told of')
  await until('the second session is over', () => events.filter(({ type }) => type === 'synced').length === 2)
})

test('an op whose parents are here comes by gossip alone', async (context) => {
  const { hub, replica, mine, theirs, events, added } = setUp(context)
  replica.answer()
  replica.follow()
  fill(mine, [alice.genesis])
  hub.link(mine.network.self, theirs.network.self)
  await until('the first session is over', () => events.some(({ type }) => type === 'synced'))
  await theirs.network.announce(tool[0]!.bytes)
  await until('it is here', () => mine.catalogue.hasOp(tool[0]!.id))
  assert.deepEqual([added, events.filter(({ type }) => type === 'synced').length], [[['gossip', tool[0]!.id]], 1])
})

test('who lies in a session is banned, and the node goes on', async (context) => {
  const { hub, replica, mine, theirs, events } = setUp(context)
  replica.follow()
  const forged = openOp(bob.genesis)
  theirs.catalogue.putOp({ ...forged, bytes: Uint8Array.from(forged.bytes, (byte, at) => (at === forged.bytes.length - 1 ? byte ^ 1 : byte)) })
  hub.link(mine.network.self, theirs.network.self)
  await until('the session failed', () => events.some((event) => event.type === 'sync-failed' && event.code === 'op-invalid'))
  assert.deepEqual([mine.network.admits(theirs.network.self), mine.catalogue.counts().ops, replica.freshness()], [false, 0, 'alone'])
})

test('one that only answers gives out ops and compares with nobody', async (context) => {
  const { hub, replica, mine, theirs, clock, events } = setUp(context)
  replica.answer()
  fill(mine, [alice.genesis])
  fill(theirs, [bob.genesis])
  assert.equal(replica.freshness(), 'alone')
  hub.link(mine.network.self, theirs.network.self)
  clock.advance(2 * LIMITS.syncEveryMs)
  const question = encodeFeedQuestion({ ask: 'ops', ids: [alice.identity] })
  assert((await theirs.network.ask(mine.network.self, '/ggen/feed/1', question, never)).length > alice.genesis.length)
  await assert.rejects(theirs.network.ask(mine.network.self, '/ggen/sync/1', question, never), { code: 'peer-unreachable' })
  assert.deepEqual([mine.catalogue.counts().ops, events, replica.freshness(), replica.catching()], [1, [], 'synced', undefined])
})

test('what a peer answered to another question is judged like everything else', async (context) => {
  const { replica, mine, added } = setUp(context)
  await replica.take([alice.genesis, ...tool.map(bytesOf)], 'search', never)
  assert.deepEqual(added, tool.map(({ id }) => ['search', id]))
  await assert.rejects(replica.take([bob.genesis.toReversed(), bob.genesis], 'search', never), { code: 'op-invalid' })
  assert.equal(mine.catalogue.counts().ops, 5, 'what was right stays')
})

test('a package is learned with what it stands on', async (context) => {
  const { hub, replica, mine, theirs, added } = setUp(context)
  fill(theirs, [alice.genesis, bob.genesis, ...[...tool, other, foreign].map(bytesOf)])
  hub.link(mine.network.self, theirs.network.self)
  await replica.learn({ identity: alice.identity, name: other.body.name }, theirs.network.self, { source: 'gossip', signal: never })
  assert.deepEqual([mine.catalogue.counts().ops, added], [2, [['gossip', other.id]]])
})
