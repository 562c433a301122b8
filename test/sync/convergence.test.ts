import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '#core'
import { WHOLE_SET } from '#store'
import { Dice, rounds } from '#testing'
import { brokenWay, HonestNode, type Meeting, soundWay, stalled, type Way } from './honest-node.ts'
import { Liar } from './liar.ts'
import { closed, VALID } from './sample-set.ts'

/** As many as goal and issue name; each is three honest nodes and a liar, with sessions that fail and then some that do not. */
const CASES = rounds(1000, 5000)
const BAD_ROUNDS_MAX = 2
const OPS_MAX = 40

interface Case {
  /** What each honest node begins with, as places in `VALID`; those whose parents are missing do not count. */
  readonly sets: readonly (readonly number[])[]
  readonly badRounds: number
  readonly seed: number
}

const PLACES = [...VALID.keys()]
const anySet = fc.oneof(fc.subarray(PLACES, { maxLength: OPS_MAX }), fc.constant([]))
/** So many that ranges of them are fingerprinted, more than once. */
const largeSet = fc.subarray(PLACES, { minLength: PLACES.length - 20 })
/** Two that differ in a few ops, as after a short while, or in everything. */
const anyCase: fc.Arbitrary<Case> = fc.record({
  sets: fc.oneof(
    fc.tuple(anySet, anySet, anySet),
    fc.tuple(fc.oneof(anySet, largeSet), fc.subarray(PLACES, { maxLength: 3 })).map(([set, more]) => [set, [...set, ...more], set]),
  ),
  badRounds: fc.integer({ min: 0, max: BAD_ROUNDS_MAX }),
  seed: fc.integer(),
})

/** What the honest nodes of one case do to each other, and one liar to all of them. */
class World {
  readonly nodes: readonly HonestNode[]
  readonly #dice: Dice
  readonly #liar: Liar
  readonly #faults = new Map<HonestNode, number>()

  constructor({ sets, seed }: Case) {
    this.#dice = new Dice(seed)
    this.#liar = new Liar(this.#dice)
    this.nodes = sets.map((set) => {
      const node = new HonestNode()
      for (const op of closed(set)) node.catalogue.putOp(op)
      return node
    })
  }

  /** Every node with two others at once, as many as there may be; each session may come to grief. */
  async badRound(): Promise<void> {
    for (const node of this.#dice.shuffle(this.nodes)) {
      const others = this.#dice.shuffle([...this.nodes.filter((other) => other !== node), this.#liar]).slice(0, LIMITS.syncSessions)
      await Promise.all(others.map((other) => {
        const session = new AbortController()
        return this.#session(node, { other, way: brokenWay(this.#dice, () => session.abort()), signal: session.signal })
      }))
    }
  }

  /** Every node with every honest one, without faults, while the liar answers, or at some point answers no more. */
  async goodRound(): Promise<void> {
    for (const node of this.#dice.shuffle(this.nodes)) {
      const lying = new AbortController()
      const beside = this.#session(node, { other: this.#liar, way: this.#drying(), signal: lying.signal })
      await Promise.all(this.nodes.map(async (other) => {
        if (other === node) return
        const held = VALID.filter(({ id }) => other.catalogue.hasOp(id))
        await this.#session(node, { other, way: soundWay(this.#dice) })
        assert(held.every(({ id }) => node.catalogue.hasOp(id)), 'a session without faults brings everything that the other one has')
      }))
      lying.abort()
      await beside
    }
  }

  /** Nobody but honest nodes, one after the other. */
  async lastRound(): Promise<void> {
    for (const node of [...this.nodes, ...this.nodes]) {
      for (const other of this.nodes) if (other !== node) await this.#session(node, { other, way: soundWay(this.#dice) })
    }
  }

  #drying(): Way {
    const sound = soundWay(this.#dice)
    let left = this.#dice.roll(5)
    return (deliver, signal) => {
      left -= 1
      return left < 0 ? stalled(deliver, signal) : sound(deliver, signal)
    }
  }

  /** Liars are banned as `SyncLoop` does it; honest nodes never give a reason to. */
  async #session(node: HonestNode, meeting: Meeting): Promise<void> {
    const faults = this.#faults.get(node) ?? 0
    const isLiar = meeting.other instanceof Liar
    if (isLiar && faults >= LIMITS.syncFaults) return
    const code = await node.compareWith(meeting)
    const isFault = code === 'frame-invalid' || code === 'op-invalid' || code === 'integrity'
    if (!isLiar) assert(!isFault, `an honest node was taken for a liar: ${code}`)
    else if (code === undefined) this.#faults.delete(node)
    else if (isFault) this.#faults.set(node, code === 'frame-invalid' ? faults + 1 : LIMITS.syncFaults)
  }
}

test(`honest nodes end with the union of their ops, whatever gets lost and whatever a liar says (${CASES} cases)`, async () => {
  await fc.assert(fc.asyncProperty(anyCase, async (each) => {
    const world = new World(each)
    const union = new Set(each.sets.flatMap((set) => closed(set).map(({ id }) => id)))
    for (let round = each.badRounds; round > 0; round -= 1) await world.badRound()
    await world.goodRound()
    for (const { catalogue } of world.nodes) for (const id of union) assert(catalogue.hasOp(id), `${id} is missing`)
    await world.lastRound()
    const [first, ...others] = world.nodes.map(({ catalogue }) => catalogue.measure(WHOLE_SET))
    for (const other of others) assert.deepEqual(other, first)
    for (const { catalogue } of world.nodes) assert.equal(VALID.filter(({ id }) => catalogue.hasOp(id)).length, catalogue.counts().ops, 'only valid ops')
  }), { numRuns: CASES })
})
