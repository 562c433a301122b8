import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { decodeNpmQuestion, encodeNpmAnswer } from '#wire'
import { recruitCopies, sayToAll } from './copies.ts'
import { DepotScene, going } from './depot-scene.conformance.ts'
import { SHA512 } from './keepers-scene.conformance.ts'

const [P, Q] = ['p', 'q'] as readonly string[] as readonly [PeerId, PeerId]
const MANY = Array.from({ length: NPM_LIMITS.keepAsked + 1 }, (_, at) => at.toString(16).padStart(128, '0') as Sha512)

/** A team of two that says the same of everything; `asked` notes who was asked how much, and when. */
const two = (scene: DepotScene, saying: (peer: PeerId) => 'coming' | undefined) => {
  const asked: { readonly peer: PeerId; readonly count: number; readonly word: string; readonly at: number }[] = []
  const network = {
    ask: async (peer: PeerId, _protocol: string, question: Uint8Array) => {
      const { tarballs, keep = '' } = decodeNpmQuestion(question)
      asked.push({ peer, count: tarballs.length, word: keep, at: scene.clock.monotonic() })
      const said = saying(peer)
      return encodeNpmAnswer({ tarballs: tarballs.map(() => said), enclosed: new Map(), documents: [] })
    },
  }
  return { asked, parts: { network, clock: scene.clock, team: { peers: [P, Q] } } }
}

describe('recruiting copies', () => {
  it('waits no longer than is wanted for those that are fetching', async () => {
    await using scene = new DepotScene()
    const { parts, asked } = two(scene, () => 'coming')
    const heard: string[] = []
    const talk = { hear: (_sha512: Sha512, peer: PeerId, said: string) => void heard.push(`${peer} ${said}`), signal: going }
    const began = scene.clock.monotonic()
    await scene.inTime(recruitCopies(parts, [{ sha512: SHA512, again: [P], newcomers: 0 }], { ...talk, waitMs: 500 }))
    assert.ok(scene.clock.monotonic() - began < 600)
    assert.ok(asked.every(({ peer, word }) => peer === P && word === 'take'), 'nobody else is asked')
    assert.deepEqual([...new Set(heard)], ['p coming'])
  })

  it('asks others instead of those that do not keep it, and ends when there is nobody', async () => {
    await using scene = new DepotScene()
    const { parts, asked } = two(scene, () => undefined)
    await scene.inTime(recruitCopies(parts, [{ sha512: SHA512, again: [], newcomers: 1 }], { hear: () => undefined, signal: going, waitMs: 60_000 }))
    assert.deepEqual(asked.map(({ peer }) => peer).toSorted(), [P, Q])
  })
})

describe('saying something of archives', () => {
  it('is said to everybody, in rounds that leave them time for others', async () => {
    await using scene = new DepotScene()
    const { parts, asked } = two(scene, () => undefined)
    await scene.inTime(sayToAll(parts, { word: 'drop', tarballs: MANY }, { hear: () => undefined, signal: going }))
    for (const peer of [P, Q]) {
      const his = asked.filter((one) => one.peer === peer)
      assert.equal(his.reduce((sum, { count }) => sum + count, 0), MANY.length)
      assert.ok((his.at(-1)?.at ?? 0) - (his[0]?.at ?? 0) >= NPM_LIMITS.keepPauseMs)
    }
  })

  it('ends with the first question that somebody does not answer', async () => {
    await using scene = new DepotScene()
    const { parts, asked } = two(scene, (peer) => {
      if (peer === P) throw new GgenError('too-busy', 'not now')
      return undefined
    })
    const heard = new Set<PeerId>()
    await scene.inTime(sayToAll(parts, { word: 'ask', tarballs: MANY }, { hear: (_sha512, peer) => void heard.add(peer), signal: going }))
    assert.deepEqual([[...heard], asked.filter(({ peer }) => peer === P).length], [[Q], 1])
  })

  it('ends with what it is said for', async () => {
    await using scene = new DepotScene()
    const { parts } = two(scene, () => undefined)
    const leave = new AbortController()
    const saying = sayToAll(parts, { word: 'ask', tarballs: MANY }, { hear: () => undefined, signal: leave.signal })
    leave.abort(new Error('left'))
    await assert.rejects(scene.inTime(saying), /left/)
  })
})
