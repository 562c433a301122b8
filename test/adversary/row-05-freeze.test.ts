import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FreshnessEvidence, LIMITS, parsePackageSpec, type PeerId } from '#core'
import { answerFeed, answerSync, Snapshots } from '#flow/sync'
import { type MemoryHub, memoryHub } from '#network'
import { type Catalogue, memoryBlobStore, memoryCatalogue } from '#store'
import { openMarketplace, Publisher, rounds, TestClock, type TestMarketplace } from '#testing'
import { openOp } from '#trust'

const never = new AbortController().signal
const PEERS = 10
const RUNS = rounds(6, 20)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** So many minutes in which one of ten is asked at random find the honest one, but for one case in a million. */
const PATIENCE_MINUTES = 132
/** Far more than any comparison in memory takes. */
const TURNS = 10_000

const alice = new Publisher('alice')
const [first, second, third] = ['1.0.0', '1.1.0', '1.2.0'].map((version) => alice.release('tool', version))
const old = [openOp(alice.genesis), first!]

interface Peer {
  readonly peer: PeerId
  readonly catalogue: Catalogue
}

/** A peer that answers out of its catalogue, and neither asks, nor takes anything in, nor relays a word. */
const stillPeer = (hub: MemoryHub, clock: TestClock, host: string): Peer => {
  const [network, catalogue] = [hub.join({ host }), memoryCatalogue()]
  for (const op of old) catalogue.putOp(op)
  answerFeed(network, catalogue)
  answerSync({ network, catalogue, snapshots: new Snapshots({ catalogue, blobs: memoryBlobStore(), clock, background: () => undefined }) })
  return { peer: network.self, catalogue }
}

interface Scene extends AsyncDisposable {
  readonly clock: TestClock
  readonly victim: TestMarketplace
  readonly peers: readonly Peer[]
  /** Connects to all of them; resolves when it has compared with each. */
  readonly connect: () => Promise<void>
  /** Lets so much time pass, with the comparisons that come about by it. */
  readonly pass: (ms: number) => Promise<void>
  readonly newest: () => Promise<string>
  readonly evidence: () => Promise<FreshnessEvidence>
}

/** A victim and its peers, two in each network; other runs have other chances. */
const setUp = async (run: number, hostOf = (index: number): string => `203.${index >> 1}.113.${index}`): Promise<Scene> => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  for (let before = 0; before < run; before += 1) hub.join()
  const victim = await openMarketplace({ hub, clock })
  const peers = Array.from({ length: PEERS }, (_, index) => stillPeer(hub, clock, hostOf(index)))
  const comparisons = (): number => victim.events.filter(({ type }) => type === 'synced').length
  const awaitComparisons = async (wanted: number): Promise<void> => {
    for (let left = TURNS; comparisons() < wanted && left > 0; left -= 1) await new Promise(setImmediate)
    assert.ok(comparisons() >= wanted, 'it compares')
  }
  return {
    clock, victim, peers,
    connect: async () => {
      for (const { peer } of peers) hub.link(victim.network.self, peer)
      await awaitComparisons(PEERS)
    },
    pass: async (ms) => {
      const before = comparisons()
      clock.advance(ms)
      await awaitComparisons(before + 1)
    },
    newest: async () => (await victim.marketplace.info(parsePackageSpec('tool'), never)).version,
    evidence: async () => (await victim.marketplace.status()).evidence,
    [Symbol.asyncDispose]: () => victim[Symbol.asyncDispose](),
  }
}

test(`${PEERS - 1} of ${PEERS} peers freeze: in ${RUNS} of ${RUNS} runs the new head is found, on connecting and later, without gossip`, async (t) => {
  const minutes: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await using scene = await setUp(run)
    const honest = scene.peers[run % PEERS]!
    honest.catalogue.putOp(second!)
    await scene.connect()
    assert.equal(await scene.newest(), '1.1.0', 'on connecting')
    honest.catalogue.putOp(third!)
    let waited = 0
    for (; (await scene.newest()) !== '1.2.0' && waited < PATIENCE_MINUTES; waited += 1) await scene.pass(1.25 * MINUTE)
    assert.equal(await scene.newest(), '1.2.0', 'afterwards')
    minutes.push(waited)
  }
  minutes.sort((a, b) => a - b)
  t.diagnostic(`${RUNS} of ${RUNS} on connecting; later ones after ${minutes[RUNS / 2]} comparisons in the middle, ${minutes.at(-1)} at most, one a minute`)
})

test(`${PEERS} of ${PEERS} freeze: from the end of a day on, what speaks for freshness is not enough, however often they are compared with`, async (t) => {
  await using scene = await setUp(0)
  await scene.connect()
  const { proven, ...at } = await scene.evidence()
  assert.deepEqual([proven, at.peers, at.networks], [true, PEERS, PEERS / 2], 'at first it could be as they say')
  const newestAt = first!.at * 1000
  while (scene.clock.now() - newestAt <= LIMITS.freshnessMs) await scene.pass(10 * MINUTE)
  const after = scene.clock.now() - newestAt - LIMITS.freshnessMs
  const status = await scene.victim.marketplace.status()
  assert.deepEqual([status.freshness, status.evidence.proven, status.evidence.peers], ['synced', false, PEERS])
  assert.ok(after <= 10 * MINUTE)
  t.diagnostic(`unproven ${Math.round((LIMITS.freshnessMs + after) / HOUR)} h after the newest that they showed; compared with all ${PEERS} all day`)
})

test('peers of two networks can prove nothing, however new what they show is', async () => {
  await using scene = await setUp(0, (index) => `203.${index % 2}.113.${index}`)
  for (const { catalogue } of scene.peers) for (const op of [second!, third!]) catalogue.putOp(op)
  await scene.connect()
  const { proven, peers, networks } = await scene.evidence()
  assert.deepEqual([proven, peers, networks], [false, PEERS, 2])
})
