import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NPM_LIMITS, type PeerId } from '#core'
import { blobOf, hashAt, inTime, type Manner, TeamScene } from './team-scene.conformance.ts'
import { type Finding, Team } from './team.ts'

const [ADA, BOB, CARL] = ['ada', 'bob', 'carl'] as [PeerId, PeerId, PeerId]
const WANTED = hashAt(1)
const HAS_IT: Manner = { says: () => 'held', afterMs: 5 }
const HAS_NOTHING: Manner = { says: () => undefined, afterMs: 5 }
const SILENT: Manner = { says: () => 'held' }
/** As long as a question waits for others, and the turns of a test take. */
const SLACK_MS = 10

const sceneOf = (...manners: readonly (readonly [PeerId, Manner])[]) => {
  const scene = new TeamScene()
  for (const [peer, manner] of manners) scene.peers.set(peer, manner)
  const team = new Team({ network: scene.network, clock: scene.clock, isTeam: (peer) => peer !== CARL })
  const going = new AbortController().signal
  const find = (how: Partial<Finding> = {}) => scene.timed(team.find(WANTED, { signal: going, ...how }))
  const isAbout = (ms: number, expected: number): void => assert.ok(ms >= expected && ms <= expected + SLACK_MS, `${ms} ms, where ${expected} were expected`)
  return { scene, team, find, isAbout, going }
}

describe('finding an archive in a team', () => {
  it('ends with the first peer that has it', async () => {
    const { find, isAbout } = sceneOf([BOB, { says: () => 'held', afterMs: 40 }], [ADA, HAS_IT])
    const { result, ms } = await find()
    assert.deepEqual(result, { peer: ADA, ...blobOf(WANTED) })
    isAbout(ms, 5)
  })

  it('asks nobody outside the team, and waits for nothing where there is nobody', async () => {
    const { scene, find } = sceneOf([CARL, HAS_IT])
    assert.deepEqual(await find(), { result: undefined, ms: 1 })
    assert.deepEqual(scene.asked, [])
  })

  it('ends when everybody has said that there is nothing', async () => {
    const { find, isAbout } = sceneOf([ADA, HAS_NOTHING], [BOB, { ...HAS_NOTHING, afterMs: 200 }])
    const { result, ms } = await find()
    assert.equal(result, undefined)
    isAbout(ms, 200)
  })

  it('waits once for a peer that keeps silent, and then no longer than a moment, unless there is nobody else to ask', async () => {
    const { find, isAbout } = sceneOf([ADA, SILENT], [BOB, HAS_NOTHING])
    isAbout((await find()).ms, NPM_LIMITS.peerAnswerMs)
    isAbout((await find()).ms, NPM_LIMITS.peersMs)
    isAbout((await find({ patient: true })).ms, NPM_LIMITS.peerAnswerMs)
  })

  it('waits for one who says that it is coming, and asks that one for the bytes', async () => {
    const { scene, find } = sceneOf([BOB, HAS_NOTHING])
    const since = scene.clock.monotonic()
    scene.peers.set(ADA, { says: () => (scene.clock.monotonic() - since < 300 ? 'coming' : 'held'), afterMs: 1 })
    const { result, ms } = await find()
    assert.equal(result?.peer, ADA)
    assert.ok(result?.bytes !== undefined)
    // Looks 60, 120 and 240 ms after one another, and what each of them takes.
    assert.ok(ms >= 420 && ms < 420 + 3 * SLACK_MS, `${ms} ms`)
    assert.deepEqual(scene.asked.filter(({ peer }) => peer === ADA).map(({ enclose }) => enclose), [0, 1, 1, 1])
  })

  it('gives up what is said to come and does not, and believes that peer no more', async () => {
    const { find } = sceneOf([ADA, { says: () => 'coming', afterMs: 1 }])
    const { result, ms } = await find()
    assert.equal(result, undefined)
    assert.ok(ms >= NPM_LIMITS.comingMs && ms <= NPM_LIMITS.comingMs + 2 * NPM_LIMITS.comingAgainMostMs, `${ms} ms`)
    assert.ok((await find()).ms <= SLACK_MS)
  })

  it('waits no longer for one that has given up itself', async () => {
    const { scene, find, isAbout } = sceneOf()
    let times = 0
    scene.peers.set(ADA, { says: () => ((times += 1) === 1 ? 'coming' : undefined), afterMs: 1 })
    const { result, ms } = await find()
    assert.equal(result, undefined)
    isAbout(ms, NPM_LIMITS.comingAgainMs)
  })

  it('leaves out whoever is not to be asked', async () => {
    const { scene, find } = sceneOf([ADA, HAS_IT], [BOB, { ...HAS_IT, afterMs: 20 }])
    assert.equal((await find({ except: new Set([ADA]) })).result?.peer, BOB)
    assert.equal((await find({ except: new Set([ADA, BOB]) })).result, undefined)
    assert.deepEqual(scene.asked.map(({ peer }) => peer), [BOB])
  })

  it('asks the one that had something last for the bytes at once, as long as that one gave nothing wrong', async () => {
    const { scene, team, find } = sceneOf([ADA, HAS_IT], [BOB, HAS_NOTHING])
    assert.equal((await find()).result?.bytes, undefined)
    assert.ok((await find()).result?.bytes !== undefined)
    team.distrust(ADA)
    assert.equal((await find()).result?.bytes, undefined)
    assert.deepEqual(scene.asked.filter(({ peer }) => peer === BOB).map(({ enclose }) => enclose), [0, 0, 0])
  })

  it('begins anew with a peer that was gone', async () => {
    const { scene, find, isAbout } = sceneOf([ADA, SILENT])
    await find()
    isAbout((await find()).ms, NPM_LIMITS.peersMs)
    scene.peers.delete(ADA)
    scene.peers.set(BOB, HAS_NOTHING)
    await find()
    scene.peers.set(ADA, SILENT)
    isAbout((await find()).ms, NPM_LIMITS.peerAnswerMs)
  })
})

describe('waiting for a team', () => {
  const reason = new Error('enough')

  it('ends with its signal, whatever is waited for', { timeout: 10_000 }, async () => {
    const { scene, team } = sceneOf([ADA, SILENT])
    const asked = { source: 'https://registry.example/', name: 'tool' }
    const waits = [
      (signal: AbortSignal) => team.find(WANTED, { signal }),
      (signal: AbortSignal) => team.find(WANTED, { signal, patient: true }),
      (signal: AbortSignal) => team.survey(WANTED, signal),
      (signal: AbortSignal) => team.documents(asked, signal),
    ]
    for (const wait of waits) {
      const stop = new AbortController()
      const waiting = wait(stop.signal)
      await scene.pass(20)
      stop.abort(reason)
      await assert.rejects(waiting, reason)
    }
  })

  it('ends with its signal where something is coming', { timeout: 10_000 }, async () => {
    const { scene, team } = sceneOf([ADA, { says: () => 'coming', afterMs: 1 }])
    const stop = new AbortController()
    const waiting = team.find(WANTED, { signal: stop.signal })
    await scene.pass(1000)
    assert.ok(scene.asked.length > 1, 'it is looked for again')
    stop.abort(reason)
    await assert.rejects(waiting, reason)
  })
})

describe('asking around in a team', () => {
  it('tells what each peer says, and after how long', async () => {
    const { scene, team, going } = sceneOf([ADA, HAS_IT], [BOB, { says: () => 'coming', afterMs: 30 }])
    const said = await inTime(scene.clock, team.survey(WANTED, going))
    assert.deepEqual(said.map(({ peer, says }) => [peer, says]), [[ADA, 'held'], [BOB, 'coming']])
    assert.ok(said.every(({ ms }, place) => ms >= (place === 0 ? 5 : 30)))
  })

  it('takes whoever keeps silent for one that has nothing', async () => {
    const { scene, team, going } = sceneOf([ADA, SILENT])
    const said = await inTime(scene.clock, team.survey(WANTED, going))
    assert.deepEqual(said.map(({ peer, says }) => [peer, says]), [[ADA, 'none']])
  })

  it('has what peers hold of a package, from those that answer', async () => {
    const document = { versions: [{ version: '1.0.0', integrity: 'sha512-x', signatures: [] }] }
    const { scene, team, going } = sceneOf([ADA, SILENT], [BOB, { ...HAS_NOTHING, document }])
    const told = await inTime(scene.clock, team.documents({ source: 'https://registry.example/', name: 'tool' }, going))
    assert.deepEqual(told.map(({ peer, document: { versions } }) => [peer, versions]), [[BOB, document.versions]])
  })
})
