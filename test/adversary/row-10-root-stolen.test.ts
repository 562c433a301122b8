import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChainOp, GenesisOp, Op, RolesOp } from '#core'
import { Admissions, createViews } from '#flow/verify'
import { memoryCatalogue } from '#store'
import { viewIdentity } from '#trust'
import { realClock, rounds } from '#testing'
import { genesis, keyOf, release, roles } from '../../vectors/story.ts'

const HISTORIES = rounds(100, 20_000)
const THIEF = 6
const RESCUED_ROOT = 7

const g: GenesisOp = genesis()

/** What a thief of two of three root keys can do at one place: shut others out in several ways. */
const takeovers: readonly ((prev: ChainOp, at: number) => RolesOp)[] = [
  (prev, at) => roles(prev, { at, release: [{ key: keyOf(THIEF), names: ['*'] }] }, [0, 1]),
  (prev, at) => roles(prev, { at, root: { keys: [keyOf(THIEF)], need: 1 } }, [0, 1, THIEF]),
  (prev, at) => roles(prev, { at, root: { keys: [keyOf(THIEF)], need: 1 }, recovery: { keys: [keyOf(THIEF)], need: 1 } }, [0, 1, THIEF]),
  (prev, at) => roles(prev, { at, recovery: { keys: [], need: 0 } }, [0, 1]),
  (prev, at) => roles(prev, { at, revoked: [{ key: keyOf(4), feeds: [] }] }, [0, 1]),
]

/** What the owner does with the words for recovery: a new root from any place on, and nothing that the thief's key ever signed. */
const rescue = (prev: ChainOp, at: number): RolesOp =>
  roles(prev, { at, root: { keys: [keyOf(RESCUED_ROOT)], need: 1 }, revoked: [{ key: keyOf(THIEF), feeds: [] }] }, [3, RESCUED_ROOT])

const made = new Map<string, RolesOp>()

/** Signing is deterministic, and takes most of the time. */
const once = (make: (prev: ChainOp, at: number) => RolesOp, prev: ChainOp, at: number): RolesOp => {
  const key = `${prev.id} ${at} ${takeovers.indexOf(make)}`
  const op = made.get(key) ?? make(prev, g.at + at)
  made.set(key, op)
  return op
}

interface Step { readonly how: number; readonly where: number; readonly at: number }
const step: fc.Arbitrary<Step> = fc.record({ how: fc.nat(takeovers.length - 1), where: fc.nat(), at: fc.nat(1) })
const order = fc.array(fc.nat(), { minLength: 9, maxLength: 9 })
const history = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), rescuedAt: fc.nat(), rescuedTime: fc.nat(1), order })

/** A node that hears the ops in this order; who lacks a parent comes again, as with anybody who compares catalogues. */
const hear = (ops: readonly Op[]): ReturnType<typeof createViews> => {
  const catalogue = memoryCatalogue()
  const admissions = new Admissions(catalogue, realClock)
  let waiting = ops
  for (let before = Infinity; waiting.length < before;) {
    before = waiting.length
    waiting = waiting.filter(({ bytes }) => admissions.admit(bytes).outcome === 'orphan')
  }
  return createViews(catalogue)
}

test(`root keys are stolen and the recovery words are not: in ${HISTORIES} histories no branch of the thief outranks that of recovery`, (t) => {
  const seen = { lost: 0, beside: 0, deep: 0 }
  fc.assert(fc.property(history, ({ steps, rescuedAt, rescuedTime, order: ranks }) => {
    const stolen: ChainOp[] = [g]
    for (const { how, where, at } of steps) {
      const prev = stolen[where % stolen.length] ?? g
      stolen.push(once(takeovers[how] ?? rescue, prev, at))
    }
    const from = stolen[rescuedAt % stolen.length] ?? g
    const saved = once(rescue, from, rescuedTime)
    const evil = release({ roles: stolen.at(-1) ?? g, key: THIEF }, '6.6.6', 'evil')
    const ops = [...stolen, saved, evil].map((op, index) => ({ op, rank: ranks[index] ?? 0 })).sort((a, b) => a.rank - b.rank).map(({ op }) => op)
    const withoutRescue = viewIdentity(g.identity, stolen)
    const views = hear(ops)
    const view = views.identity(g.identity)
    assert.ok(view !== undefined && withoutRescue !== undefined)
    // Recovery can only continue what was valid: a branch that the thief could not make is none to go on from.
    const isReachable = viewIdentity(g.identity, [...chainTo(stolen, from), saved])?.head === saved.id
    if (!isReachable) return
    assert.equal(view.head, saved.id, 'the thief outranks recovery')
    assert.equal(view.forked, undefined)
    assert.equal(views.package(g.identity, evil.body.name)?.releases.size, 0, 'what the thief released does not count')
    seen.lost += Number(withoutRescue.chain.length > 1 || withoutRescue.forked !== undefined)
    seen.beside += Number(from === g)
    seen.deep += Number(from !== g)
  }), { numRuns: HISTORIES })
  for (const [what, times] of Object.entries(seen)) assert.ok(times > HISTORIES / 10, `${what}: ${times}`)
  t.diagnostic(`${HISTORIES} histories, ${seen.lost} of them taken over or frozen before the rescue: 0 accept the thief’s branch over that of recovery`)
})

/** An op of the thief and those it stands on. */
const chainTo = (stolen: readonly ChainOp[], last: ChainOp): ChainOp[] => {
  const chain: ChainOp[] = []
  for (let op: ChainOp | undefined = last; op !== undefined; op = stolen.find(({ id }) => op?.prev === id)) chain.unshift(op)
  return chain
}
