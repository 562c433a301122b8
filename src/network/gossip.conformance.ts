import { LIMITS } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { bytes, hasCode, type NetworkLab, text } from './network-lab.conformance.ts'
import type { Judge, Network, Verdict } from './network.ts'

const PROBE = 'probe'

/** Three nodes in a line: what the last one hears went through the judge of the middle one. */
interface Line {
  readonly first: Network
  readonly middle: Network
  readonly last: Network
  /** What the middle and the last node were asked to judge, without probes. */
  readonly judged: { readonly middle: string[]; readonly last: string[] }
  /** Waits until everything announced so far must have arrived: a probe that came after it has. */
  readonly settle: () => Promise<void>
}

/** Messages to everybody, judged on the way. */
export const gossipConformance = (openLab: () => Promise<NetworkLab>): void => {
  const lineOf = async (lab: NetworkLab, judge: (message: string) => Verdict | Promise<Verdict>): Promise<Line> => {
    const [first, middle, last] = [await lab.node({ isLeaf: true }), await lab.node(), await lab.node({ isLeaf: true })]
    const judged = { middle: [] as string[], last: [] as string[] }
    let arrived = 0
    const listener =
      (heard: string[], decide: (message: string) => Verdict | Promise<Verdict>): Judge =>
      async (message) => {
        if (text(message).startsWith(PROBE)) return 'accept'
        heard.push(text(message))
        return decide(text(message))
      }
    middle.listen(listener(judged.middle, judge))
    const hear = listener(judged.last, () => 'accept')
    last.listen(async (message, from) => {
      if (text(message).startsWith(PROBE)) arrived += 1
      return hear(message, from)
    })
    await lab.connect(first, middle)
    await lab.connect(last, middle)
    let probes = 0
    const settle = async (): Promise<void> => {
      const before = arrived
      await until('a probe has come through the line', async () => {
        if (arrived === before) await first.announce(bytes(`${PROBE} ${(probes += 1)}`))
        return arrived > before
      })
    }
    await settle()
    return { first, middle, last, judged, settle }
  }

  it('brings an accepted message to nodes that the sender does not know', async () => {
    await using lab = await openLab()
    const { first, judged } = await lineOf(lab, () => 'accept')
    assert.equal(await first.announce(bytes('news')), 1)
    await until('the last node hears it', () => judged.last.length > 0)
    assert.deepEqual(judged, { middle: ['news'], last: ['news'] })
  })

  it('tells a judge who handed the message over', async () => {
    await using lab = await openLab()
    const { first, middle } = await lineOf(lab, () => 'accept')
    const third = await lab.node({ isLeaf: true })
    const handedBy: string[] = []
    third.listen(async (_message, from) => {
      handedBy.push(from)
      return 'accept'
    })
    await lab.connect(third, middle)
    let count = 0
    await until('the third node hears something', async () => {
      await first.announce(bytes(`${PROBE} for the third ${(count += 1)}`))
      return handedBy.length > 0
    })
    assert.equal(handedBy[0], middle.self)
  })

  it('stops what a judge ignores or rejects', async () => {
    await using lab = await openLab()
    const { first, judged, settle } = await lineOf(lab, (message) => message as Verdict)
    for (const verdict of ['ignore', 'reject', 'accept']) await first.announce(bytes(verdict))
    await until('the middle node has judged all', () => judged.middle.length === 3)
    await settle()
    assert.deepEqual(judged.last, ['accept'])
  })

  it('takes a judge that throws for one that ignores, and goes on', async () => {
    await using lab = await openLab()
    const { first, judged, settle } = await lineOf(lab, (message) => {
      if (message === 'bad') throw new TypeError('a defect of the judge')
      return 'accept'
    })
    await first.announce(bytes('bad'))
    await first.announce(bytes('good'))
    await until('the last node hears the good one', () => judged.last.length > 0)
    await settle()
    assert.deepEqual(judged, { middle: ['bad', 'good'], last: ['good'] })
  })

  it('waits for a judge that takes its time before it relays', async () => {
    await using lab = await openLab()
    const verdict = Promise.withResolvers<Verdict>()
    const { first, judged, settle } = await lineOf(lab, () => verdict.promise)
    await first.announce(bytes('slow'))
    await until('the middle node judges', () => judged.middle.length === 1)
    await settle()
    assert.deepEqual(judged.last, [])
    verdict.resolve('accept')
    await until('the last node hears it', () => judged.last.length === 1)
  })

  it('judges a message once however often it is announced', async () => {
    await using lab = await openLab()
    const { first, judged, settle } = await lineOf(lab, () => 'accept')
    for (let count = 0; count < 5; count += 1) await first.announce(bytes('again'))
    await settle()
    assert.deepEqual(judged, { middle: ['again'], last: ['again'] })
  })

  it('relays nothing without a judge', async () => {
    await using lab = await openLab()
    const [first, middle, last] = [await lab.node({ isLeaf: true }), await lab.node(), await lab.node({ isLeaf: true })]
    let heard = 0
    last.listen(async () => ((heard += 1), 'accept'))
    await lab.connect(first, middle)
    await lab.connect(last, middle)
    for (let count = 0; count < 20; count += 1) await first.announce(bytes(`unheard ${count}`))
    const listening = middle.listen(async () => 'accept')
    let later = 0
    await until('a later message comes through', async () => (await first.announce(bytes(`heard ${(later += 1)}`)), heard > 0))
    assert(heard < 20)
    listening[Symbol.dispose]()
  })

  it('announces to nobody without an error, and can announce the same again later', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const heard = Promise.withResolvers<string>()
    bob.listen(async (message) => (heard.resolve(text(message)), 'accept'))
    assert.equal(await alice.announce(bytes('early')), 0)
    await lab.connect(alice, bob)
    await until('bob is there to hear', async () => (await alice.announce(bytes('early'))) === 1)
    assert.equal(await heard.promise, 'early')
  })

  it('refuses a message that is too large', async () => {
    await using lab = await openLab()
    const alice = await lab.node()
    await assert.rejects(alice.announce(new Uint8Array(LIMITS.gossipBytes + 1)), hasCode('frame-invalid'))
  })
}
