import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, GgenError, type GgenEvent, LIMITS, parsePackageName, type PeerId } from '#core'
import { Publisher, TestClock } from '#testing'
import { OwnHeads, type OwnHeadsParts } from './own-heads.ts'

const { identity } = new Publisher('ada')
const name = parsePackageName('tool')
const never = new AbortController().signal
const peer = (id: string) => ({ peer: id as PeerId }) as ReturnType<OwnHeadsParts['network']['peers']>[number]

const scene = (peers: readonly string[], learn: OwnHeadsParts['learn']) => {
  const [events, seen, clock] = [new Events(), [] as GgenEvent[], new TestClock()]
  events.subscribe((event) => seen.push(event))
  return { seen, clock, heads: new OwnHeads({ network: { peers: () => peers.map(peer) }, clock, events, learn }) }
}

test('A few peers are asked once for each package', async () => {
  const asked: string[] = []
  const { heads } = scene(['a', 'b', 'c', 'd', 'e'], async (what, from) => void asked.push(`${from} ${what.name}`))
  for (const one of [name, name, parsePackageName('other')]) await heads.confirm(identity, one, never)
  assert.deepEqual(asked, ['a tool', 'b tool', 'c tool', 'a other', 'b other', 'c other'])
  assert.equal(LIMITS.ownHeadPeers, 3)
})

test('Whoever cannot answer is told of, and where nobody did, others are asked the next time', async () => {
  let calls = 0
  const { heads, seen } = scene(['a'], async () => {
    calls += 1
    throw new GgenError('peer-unreachable', 'gone')
  })
  for (let round = 0; round < 2; round += 1) await heads.confirm(identity, name, never)
  assert.deepEqual([calls, seen.length], [2, 2])
})

test('A node that is alone goes by what it has, and one that nobody answers waits not for ever', async () => {
  await scene([], async () => assert.fail('there is nobody')).heads.confirm(identity, name, never)
  const { heads, clock } = scene(['a'], (_what, _from, signal) => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')))
  }))
  const waiting = heads.confirm(identity, name, never)
  clock.advance(LIMITS.ownHeadTimeoutMs)
  await waiting
  await assert.rejects(heads.confirm(identity, name, AbortSignal.abort(new GgenError('cancelled', 'enough'))), { code: 'cancelled' })
})
