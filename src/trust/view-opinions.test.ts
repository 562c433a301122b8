import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type AdvisoryBody, type ChainOp, type EndorseBody, type GenesisOp, type IdentityId, type Op, type OpinionOp, type PackageName, type PublicKey,
  type RolesOp, SEVERITIES,
} from '#core'
import { encodePayload } from './encode-payload.ts'
import { sealEnvelope } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { reopenOp } from './open-op.ts'
import type { OpDraft } from './op-draft.ts'
import { type IdentityView, viewIdentity } from './view-identity.ts'
import { endorsementOf, viewOpinions } from './view-opinions.ts'

const KEYS = Array.from({ length: 5 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n + 1)).publicKey)
const keyOf = (n: number): PublicKey => KEYS[n] as PublicKey

/** Signatures are not what is tested here. */
const made = <T extends Op>(draft: OpDraft, signers: readonly number[]): T =>
  reopenOp(sealEnvelope(encodePayload(draft), signers.map((n) => ({ key: keyOf(n), signature: new Uint8Array(64) })))) as T

const ROLES = {
  root: { keys: [keyOf(0)], need: 1 }, recovery: { keys: [], need: 0 }, need: 1,
  release: [{ key: keyOf(1), names: ['*'] }, { key: keyOf(2), names: ['*'], expires: 50 }, { key: keyOf(3), names: ['tool'] }],
}
const genesis = made<GenesisOp>({ type: 'genesis', at: 0, seq: 0, body: { ...ROLES, nonce: new Uint8Array(16) } }, [0])
const other = (fill: number): IdentityId =>
  made<GenesisOp>({ type: 'genesis', at: 0, seq: 0, body: { ...ROLES, nonce: new Uint8Array(16).fill(fill) } }, [0]).identity
const [ADA, BOB] = [other(1), other(2)]
const [TOOL, LIB] = ['tool', 'lib'] as [PackageName, PackageName]

const viewOf = (...ops: readonly ChainOp[]): IdentityView => {
  const view = viewIdentity(genesis.identity, [genesis, ...ops])
  assert(view)
  return view
}

interface Said {
  readonly at: number
  readonly by?: number
  readonly identity?: IdentityId
  readonly signers?: readonly number[]
}

const head = ({ at, by = 1, identity = genesis.identity }: Said) => ({ identity, key: keyOf(by), at, seq: 0 as const })

const endorse = (body: Partial<EndorseBody>, said: Said): OpinionOp =>
  made({ type: 'endorse', ...head(said), body: { roles: genesis.id, target: ADA, names: [], level: 'block', ...body } }, said.signers ?? [said.by ?? 1])

const advise = (body: Partial<AdvisoryBody>, said: Said): OpinionOp =>
  made({ type: 'advisory', ...head(said), body: { roles: genesis.id, target: ADA, name: TOOL, range: '<2', severity: 'high', ...body } }, [said.by ?? 1])

const levelOf = (ops: readonly OpinionOp[], name: PackageName = TOOL, now = 10): string | undefined =>
  endorsementOf(viewOpinions(viewOf(), ops, now), ADA, name)?.body.level

const severitiesOf = (ops: readonly OpinionOp[], view = viewOf()): readonly string[] =>
  (viewOpinions(view, ops, 10).advisories.get(ADA)?.get(TOOL) ?? []).map(({ body }) => `${body.range} ${body.severity}`)

describe('what a publisher says of others', () => {
  test('is the newest word, of a name or of all names, whichever is newer', () => {
    const [block, vouch, none] = [endorse({}, { at: 1 }), endorse({ level: 'vouch', names: [TOOL] }, { at: 2 }), endorse({ level: 'none' }, { at: 3 })]
    assert.deepEqual([levelOf([]), levelOf([block]), levelOf([block, vouch]), levelOf([block, vouch], LIB)], [undefined, 'block', 'vouch', 'block'])
    assert.deepEqual([levelOf([block, vouch, none]), levelOf([none, block])], ['none', 'none'])
    assert.equal(endorsementOf(viewOpinions(viewOf(), [block], 10), BOB, TOOL), undefined)
  })

  test('ends when it says so, and what was said before stands again', () => {
    const ops = [endorse({ level: 'vouch' }, { at: 1 }), endorse({ expires: 20 }, { at: 2 }), endorse({ names: [LIB], expires: 15 }, { at: 3 })]
    assert.deepEqual([20, 21].map((now) => levelOf(ops, TOOL, now)), ['block', 'vouch'])
    assert.deepEqual([10, 16, 21].map((now) => viewOpinions(viewOf(), ops, now).until), [15, 20, undefined])
  })

  test('is for each range the newest advisory, until it is taken back', () => {
    const [high, worse] = [advise({}, { at: 1 }), advise({ severity: 'critical' }, { at: 2 })]
    const [low, undone] = [advise({ range: '3.0.0', severity: 'low' }, { at: 1 }), advise({ severity: 'none' }, { at: 3 })]
    assert.deepEqual(severitiesOf([high, low, worse]), ['3.0.0 low', '<2 critical'])
    assert.deepEqual(severitiesOf([undone, high, low, worse]), ['3.0.0 low'])
  })

  test('counts from keys for every name, in their time, with enough signatures, and of nobody else', () => {
    assert.equal(levelOf([endorse({}, { at: 1, by: 3 })]), undefined, 'a key for one name')
    assert.equal(levelOf([endorse({}, { at: 1, by: 4 })]), undefined, 'no release key')
    assert.deepEqual([50, 51].map((at) => levelOf([endorse({}, { at, by: 2 })], TOOL, 60)), ['block', undefined])
    assert.equal(levelOf([endorse({}, { at: 1, identity: BOB })]), undefined, 'of somebody else')
    assert.equal(levelOf([endorse({ roles: BOB }, { at: 1 })]), undefined, 'roles that are not on the chain')
    const strict = { ...ROLES, need: 2, revoked: [], domains: [] }
    const later = made<RolesOp>({ type: 'roles', identity: genesis.identity, at: 1, seq: 1, prev: genesis.id, body: strict }, [0])
    const counts = (signers: readonly number[]): boolean =>
      viewOpinions(viewOf(later), [endorse({ roles: later.id }, { at: 2, signers })], 10).endorsements.size > 0
    assert.deepEqual([counts([1]), counts([1, 3]), counts([1, 2])], [false, false, true])
  })

  test('says nothing while it waits for signatures, and stays staged as long as they would change something', () => {
    const strict = { ...ROLES, need: 2, revoked: [], domains: [] }
    const later = made<RolesOp>({ type: 'roles', identity: genesis.identity, at: 0, seq: 1, prev: genesis.id, body: strict }, [0])
    const half = (body: Partial<EndorseBody>, at: number, signers = [1]): OpinionOp => endorse({ roles: later.id, ...body }, { at, signers })
    const advice = made<OpinionOp>({
      type: 'advisory', ...head({ at: 3 }), body: { roles: later.id, target: BOB, name: TOOL, range: '<2', severity: 'high' },
    }, [1])
    const staged = (...ops: readonly OpinionOp[]): readonly OpinionOp[] => viewOpinions(viewOf(later), ops, 10).staged
    const [all, both] = [half({}, 2), half({ names: [TOOL, LIB] }, 1)]
    assert.deepEqual(staged(advice, all, both), [both, all, advice])
    assert.equal(viewOpinions(viewOf(later), [advice, all, both], 10).advisories.size, 0)
    assert.deepEqual(staged(half({}, 2, [1, 2])), [], 'it has them')
    assert.deepEqual(staged(half({}, 1, [1, 2]), all), [all], 'what was said before changes nothing')
    assert.deepEqual([staged(half({}, 5, [1, 2]), all), staged(half({ level: 'none' }, 5, [1, 2]), both)], [[], []], 'a later word was quicker')
    assert.deepEqual(staged(half({ names: [TOOL] }, 5, [1, 2]), all, both), [both, all], 'it leaves something to say')
    assert.deepEqual(staged(half({ names: [TOOL, LIB] }, 5, [1, 2]), both), [])
    assert.deepEqual([staged(half({ expires: 9 }, 1)), staged(half({ expires: 10 }, 1)).length], [[], 1], 'it has ended before it began')
    const complete = made<OpinionOp>({ type: 'advisory', ...head({ at: 4 }), body: { ...advice.body, severity: 'none' } } as OpDraft, [1, 2])
    assert.deepEqual(staged(advice, complete), [])
    assert.deepEqual(staged(endorse({ roles: later.id }, { at: 1, by: 3 })), [], 'no key for every name begins it')
  })

  test('is void when its key is revoked, whenever it was said', () => {
    const body = { ...ROLES, release: [], revoked: [{ key: keyOf(1), feeds: [] }], domains: [] }
    const revoked = viewOf(made<RolesOp>({ type: 'roles', identity: genesis.identity, at: 9, seq: 1, prev: genesis.id, body }, [0]))
    assert.equal(viewOpinions(revoked, [endorse({}, { at: 1 })], 10).endorsements.size, 0)
    assert.deepEqual(severitiesOf([advise({}, { at: 1 })], revoked), [])
    assert.deepEqual(severitiesOf([advise({}, { at: 1, by: 2 })], revoked), ['<2 high'])
  })
})

/** Few choices of each, so that they meet. */
const opinion: fc.Arbitrary<OpinionOp> = fc.record({
  isAdvice: fc.boolean(), at: fc.nat(3), by: fc.constantFrom(1, 1, 2, 3), target: fc.constantFrom(ADA, BOB), pick: fc.nat(99), expires: fc.option(fc.nat(12)),
}).map(({ isAdvice, at, by, target, pick, expires }) => {
  const names = [[], [TOOL], [LIB], [TOOL, LIB]][pick % 4] as PackageName[]
  const level = (['vouch', 'block', 'none'] as const)[pick % 3] ?? 'none'
  if (!isAdvice) return endorse({ target, names, level, ...(expires !== null && { expires }) }, { at, by })
  return advise({ target, range: pick % 2 === 0 ? '<2' : '3.0.0', severity: SEVERITIES[pick % 5] ?? 'none' }, { at, by })
})

const NOW = 6

/** The rules once more, in the plainest way: for each question all ops are looked through. */
const model = (ops: readonly OpinionOp[], target: IdentityId, name: PackageName): { level: string | undefined; advice: readonly string[] } => {
  const later = (a: OpinionOp, b: OpinionOp): boolean => a.at > b.at || (a.at === b.at && a.id > b.id)
  const about = ops.filter(({ key, body }) => key !== keyOf(3) && body.target === target)
  const words = about.filter((op) => op.type === 'endorse').filter(({ body }) => (body.expires ?? Infinity) >= NOW)
    .filter(({ body }) => body.names.length === 0 || body.names.includes(name))
  const advice = about.filter((op) => op.type === 'advisory').filter(({ body }) => body.name === name)
  return {
    level: words.find((op) => !words.some((one) => later(one, op)))?.body.level,
    advice: [...new Set(advice
      .filter((op) => op.body.severity !== 'none' && !advice.some((one) => one.body.range === op.body.range && later(one, op)))
      .map(({ id }) => id))].sort(),
  }
}

/** Some ops, and all of them twice in another order. */
const shuffled = fc.array(opinion, { maxLength: 12 }).chain((ops) =>
  fc.tuple(fc.constant(ops), fc.shuffledSubarray([...ops, ...ops], { minLength: 2 * ops.length })))

test('whatever is said in whatever order, and however often, it adds up to the same, by the plain rules', () => {
  fc.assert(fc.property(shuffled, ([ops, others]) => {
    const view = viewOpinions(viewOf(), ops, NOW)
    assert.deepEqual(viewOpinions(viewOf(), others, NOW), view)
    for (const target of [ADA, BOB]) {
      for (const name of [TOOL, LIB]) {
        const advice = (view.advisories.get(target)?.get(name) ?? []).map(({ id }) => id).sort()
        assert.deepEqual({ level: endorsementOf(view, target, name)?.body.level, advice }, model(ops, target, name))
      }
    }
  }), { numRuns: 300 })
})
