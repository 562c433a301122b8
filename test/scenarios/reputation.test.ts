import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PeerId } from '#core'
import { controlClient } from '#doors/control'
import { PeerScores } from '#flow/fetch'
import { ggen, rounds, seeded, startNode } from '#testing'
import { startHolder } from '../faults/holder.ts'
import { bytesFrom, openScene, untilMet } from '../faults/scene.ts'
import { never } from './cluster.ts'

const LEARNED_FROM = 20
const CHOSEN = rounds(12, 20)
const SIZE_BYTES = 200_000
const CUT = { kind: 'cut', afterBytes: 50_000 } as const

describe('peer-reputation-tracking', () => {
  test('a fast peer that did 95 of 100 things has at least 0.90, one that did 30 of 100 less than 0.50, and the first is preferred', () => {
    const [good, bad] = ['good', 'bad'] as unknown as [PeerId, PeerId]
    const scores = new PeerScores(seeded('reputation'))
    for (let turn = 0; turn < 100; turn += 1) {
      const deeds = [[good, turn % 20 !== 10], [bad, turn % 10 < 3]] as const
      for (const [peer, isDone] of deeds) {
        scores.answered(peer, 1)
        if (isDone) scores.gave(peer, 5_000_000, 100_000_000)
        else scores.failed(peer)
      }
    }
    const [goodScore = 0, badScore = 1] = [scores.of(good), scores.of(bad)]
    assert.ok(goodScore >= 0.9, String(goodScore))
    assert.ok(badScore < 0.5, String(badScore))
    const chosen = Array.from({ length: 1000 }, () => scores.preference()).filter((preference) => preference(good) > preference(bad)).length
    assert.ok(chosen > 800 && chosen < 1000, `${chosen} of 1000: the other one is tried now and then`)
  })

  test('between processes: who fails at 14 of 20 packages gets a lower score than who fails at one, and gives little of the next ones', async (t) => {
    await using scene = await openScene({ sizesBytes: Array.from({ length: LEARNED_FROM + CHOSEN }, () => SIZE_BYTES) })
    const digestAt = (index: number): string => scene.packages[index]?.digest ?? ''
    const files = scene.packages.flatMap((package_) => package_.files)
    const digests = files.map(({ digest }) => digest)
    const isOf = (turns: (turn: number) => boolean): typeof digests =>
      digests.filter((digest) => Array.from({ length: LEARNED_FROM }, (_, turn) => turn).some((turn) => turns(turn) && digestAt(turn) === digest))
    await using node = await startNode({ home: await scene.newcomer('asker') })
    const holding = { files, dial: node.addresses }
    await using good = await startHolder(holding, { lie: CUT, about: isOf((turn) => turn === 11) })
    await using bad = await startHolder(holding, { lie: CUT, about: isOf((turn) => turn % 10 >= 3) })
    await untilMet(node, [good, bad])

    const client = controlClient(join(node.home, 'ggen.sock'))
    for (const { name } of scene.packages.slice(0, LEARNED_FROM)) await client.fetch({ spec: name }, never)
    const peers = (await ggen(node.home, 'p2p', 'peers', '--json')).json<readonly { readonly peerId: string; readonly score?: number }[]>()
    const scoreOf = ({ peerId }: { readonly peerId: string }): number => peers.find((peer) => peer.peerId === peerId)?.score ?? Number.NaN
    const given = { good: 0, bad: 0 }
    for (const { name } of scene.packages.slice(LEARNED_FROM)) {
      assert.equal((await client.info(name, never)).holders, 2, 'both say that they have it')
      const fetched = await client.fetch({ spec: name }, never)
      given.good += bytesFrom(fetched, good)
      given.bad += bytesFrom(fetched, bad)
    }
    t.diagnostic(`scores ${scoreOf(good)} and ${scoreOf(bad)}; of the next ${CHOSEN} packages ${given.good} and ${given.bad} bytes`)
    assert.ok(scoreOf(good) > 2 * scoreOf(bad), 'the score says who is reliable')
    // It is honest now, and wins back a part of what it lost.
    assert.ok(given.good > given.bad, 'and the choice follows it')
  })
})
