import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHub } from '#network'
import { memoryTrustStore } from '#store'
import { openOp } from '#trust'
import { openMarketplace, rounds, smallPackage, TestClock, type TestMarketplace, until } from '#testing'

/**
 * Row 63 of the threat table: a node is restored from a backup, and its own records end before what it has said since. What it signs next must not
 * contradict that. The second test is the same for a second machine with the same key.
 */
const ROUNDS = rounds(5, 20)

const places = ({ catalogue }: TestMarketplace, name: string): readonly string[] =>
  catalogue.arrivals(0, 1000).envelopes.map(openOp).flatMap((op) => (op.type === 'release' && op.body.name === name ? [`${op.seq} ${op.id}`] : []))

/** No two records of one key at one place, whoever made them. */
const assertNoContradiction = (node: TestMarketplace, name: string): void => {
  const seqs = places(node, name).map((place) => place.split(' ')[0])
  assert.equal(new Set(seqs).size, seqs.length, places(node, name).join('\n'))
}

test('A node that was restored from a backup asks how far it is before it signs, and contradicts itself never', async (context) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using witness = await openMarketplace({ hub, clock })
  for (let round = 0; round < ROUNDS; round += 1) {
    const [name, publisher] = [`tool-${round}`, `ada ${round}`]
    const backup = memoryTrustStore()
    {
      await using before = await openMarketplace({ hub, clock })
      hub.link(before.network.self, witness.network.self)
      await before.publish(smallPackage(name, '1.0.0'), publisher)
      for (const envelope of before.trust.ownOps()) backup.putOwnOp(openOp(envelope))
      for (const version of ['1.1.0', '1.2.0']) await before.publish(smallPackage(name, version), publisher)
      await until('the witness heard it', () => places(witness, name).length === 3)
    }
    // Light: nothing but the question before signing tells it what it has said.
    await using restored = await openMarketplace({ hub, clock, trust: backup, light: true })
    hub.link(restored.network.self, witness.network.self)
    await until('somebody is there', () => restored.network.peers().length > 0)
    await restored.publish(smallPackage(name, '1.3.0'), publisher)
    await until('the witness heard it', () => places(witness, name).length === 4)
    for (const node of [witness, restored]) assertNoContradiction(node, name)
  }
  context.diagnostic(`${ROUNDS} restored nodes signed on: 0 contradictions`)
})

test('Two machines with one key take turns without contradicting each other', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using one = await openMarketplace({ hub, clock })
  await using other = await openMarketplace({ hub, clock })
  hub.link(one.network.self, other.network.self)
  await one.publish(smallPackage('tool', '1.0.0'), 'ada')
  await other.publish(smallPackage('tool', '1.1.0'), 'ada')
  await until('both know both', () => [one, other].every((node) => places(node, 'tool').length === 2))
  for (const node of [one, other]) assertNoContradiction(node, 'tool')
})
