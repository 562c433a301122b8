import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NPM_LIMITS, type PeerId } from '#core'
import { AskBatch } from './ask-batch.ts'
import { blobOf, bytesFor, hashAt, inTime, type Manner, TeamScene } from './team-scene.conformance.ts'

const ADA = 'ada' as PeerId
const going = new AbortController().signal

const sceneWith = (manner: Manner): { readonly scene: TeamScene; readonly batch: AskBatch } => {
  const scene = new TeamScene()
  scene.peers.set(ADA, manner)
  return { scene, batch: new AskBatch({ network: scene.network, clock: scene.clock, peer: ADA }) }
}

describe('questions to one peer', () => {
  it('go together when they come together', async () => {
    const { scene, batch } = sceneWith({ says: () => 'held', afterMs: 5 })
    await inTime(scene.clock, Promise.all([1, 2, 3].map((index) => batch.ask(hashAt(index), false, going))))
    await inTime(scene.clock, batch.ask(hashAt(4), true, going))
    assert.deepEqual(scene.asked.map(({ tarballs, enclose }) => [tarballs, enclose]), [[[1, 2, 3].map(hashAt), 0], [[hashAt(4)], 1]])
  })

  it('are answered each with its own, whatever stands beside it', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ kind: fc.constantFrom('held', 'coming', undefined), wantsBytes: fc.boolean() })), async (wishes) => {
      const kinds = new Map(wishes.map(({ kind }, index) => [hashAt(index), kind]))
      const { scene, batch } = sceneWith({ says: (sha512) => kinds.get(sha512), afterMs: 1 })
      const replies = await inTime(scene.clock, Promise.all(wishes.map(({ wantsBytes }, index) => batch.ask(hashAt(index), wantsBytes, going))))
      assert.deepEqual(
        replies.map((reply) => (typeof reply === 'string' ? reply : { ...reply, ...(reply.bytes !== undefined && { bytes: Buffer.from(reply.bytes) }) })),
        wishes.map(({ kind, wantsBytes }, index) => {
          if (kind !== 'held') return kind ?? 'none'
          return { ...blobOf(hashAt(index)), ...(wantsBytes && { bytes: bytesFor(hashAt(index)) }) }
        }),
      )
    }), { numRuns: 50 })
  })

  it('are no larger than a peer takes', async () => {
    const { scene, batch } = sceneWith({ says: () => undefined, afterMs: 5 })
    const many = 2 * NPM_LIMITS.askedTarballs + 1
    const replies = await inTime(scene.clock, Promise.all(Array.from({ length: many }, (_, index) => batch.ask(hashAt(index), false, going))))
    assert.deepEqual(new Set(replies), new Set(['none']))
    assert.deepEqual(scene.asked.map(({ tarballs }) => tarballs.length), [NPM_LIMITS.askedTarballs, NPM_LIMITS.askedTarballs, 1])
  })

  it('wait while two are under way, and then go together', async () => {
    const { scene, batch } = sceneWith({ says: () => undefined, afterMs: 50 })
    const replies: Promise<unknown>[] = []
    for (let index = 0; index < 10; index += 1) {
      replies.push(batch.ask(hashAt(index), false, going))
      await scene.pass(4)
    }
    await inTime(scene.clock, Promise.all(replies))
    assert.equal(scene.mostUnderWay, 2)
    assert.deepEqual(scene.asked.map(({ tarballs }) => tarballs.length), [1, 1, 8])
  })

  it('have the answer that there is none, when a peer keeps silent or cannot be asked', async () => {
    const { scene, batch } = sceneWith({ says: () => 'held' })
    const { result, ms } = await scene.timed(Promise.all([1, 2].map((index) => batch.ask(hashAt(index), false, going))))
    assert.deepEqual(result, ['silent', 'silent'])
    assert.ok(ms >= NPM_LIMITS.peerAnswerMs && ms < NPM_LIMITS.peerAnswerMs + 10, `${ms} ms`)
    scene.peers.delete(ADA)
    const gone = await scene.timed(batch.ask(hashAt(1), false, going))
    assert.deepEqual([gone.result, gone.ms < 10], ['silent', true])
  })

  it('have no answer in what is none', async () => {
    const { scene } = sceneWith({ says: () => 'held', afterMs: 1 })
    const network = { ask: async () => Buffer.from('nonsense') }
    const batch = new AskBatch({ network, clock: scene.clock, peer: ADA })
    assert.equal(await inTime(scene.clock, batch.ask(hashAt(1), false, going)), 'silent')
  })

  it('go out at once when whoever came first goes', async () => {
    const { scene, batch } = sceneWith({ says: () => 'held', afterMs: 0 })
    const replies = [batch.ask(hashAt(1), false, AbortSignal.abort()), batch.ask(hashAt(2), false, going)]
    assert.deepEqual(await Promise.all(replies), [1, 2].map((index) => blobOf(hashAt(index))), 'no time has passed')
    assert.equal(scene.asked.length, 1)
  })
})
