import { digestOf } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { bytes, type NetworkLab, soon, text } from './network-lab.conformance.ts'

const blob = digestOf(bytes('a blob'))

/** Who holds a blob. */
export const providersConformance = (openLab: () => Promise<NetworkLab>): void => {
  it('finds a holder through a third node, once, and can ask it', async () => {
    await using lab = await openLab()
    const [holder, third, seeker] = [await lab.node({ isLeaf: true }), await lab.node(), await lab.node({ isLeaf: true })]
    holder.answer('/ggen/blob/1', async () => bytes('the bytes'))
    await lab.connect(holder, third)
    await lab.connect(seeker, third)
    await holder.provide(blob, soon())
    await until('the seeker finds the holder', async () => (await Array.fromAsync(seeker.findProviders(blob, soon()))).length > 0)
    assert.deepEqual(await Array.fromAsync(seeker.findProviders(blob, soon())), [holder.self])
    assert.equal(text(await seeker.ask(holder.self, '/ggen/blob/1', bytes('want'), soon())), 'the bytes')
  })

  it('leaves itself out', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await lab.connect(alice, bob)
    await alice.provide(blob, soon())
    await bob.provide(blob, soon())
    await until('alice finds bob', async () => (await Array.fromAsync(alice.findProviders(blob, soon()))).length > 0)
    assert.deepEqual(await Array.fromAsync(alice.findProviders(blob, soon())), [bob.self])
  })

  it('remembers what was provided while nobody was there', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await alice.provide(blob, soon())
    assert.equal(alice.stats().providerRecords, 1)
    await lab.connect(alice, bob)
    await until('bob finds alice', async () => (await Array.fromAsync(bob.findProviders(blob, soon()))).includes(alice.self))
  })

  it('counts a blob once', async () => {
    await using lab = await openLab()
    const alice = await lab.node()
    await alice.provide(blob, soon())
    await alice.provide(blob, soon())
    assert.equal(alice.stats().providerRecords, 1)
  })

  it('ends at once when there is nobody to ask', async () => {
    await using lab = await openLab()
    const alice = await lab.node()
    const startedMs = performance.now()
    assert.deepEqual(await Array.fromAsync(alice.findProviders(blob, soon())), [])
    assert(performance.now() - startedMs < 1000)
  })

  it('ends quietly when nobody holds it', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await lab.connect(alice, bob)
    assert.deepEqual(await Array.fromAsync(alice.findProviders(digestOf(bytes('nobody has this')), soon())), [])
  })

  it('ends quietly on its signal', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await lab.connect(alice, bob)
    assert.deepEqual(await Array.fromAsync(alice.findProviders(blob, AbortSignal.abort())), [])
  })
}
