import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  type ChainOp, type FeedOp, type GenesisOp, isFeedOp, LIMITS, type Op, type OpId, type PackageName, parsePackageName, type Revocation, type StatusState,
  type Version,
} from '#core'
import { memoryCatalogue } from '#store'
import { createIdentity, encodePayload, keyPairFromSeed, openOp, reopenOp, signPayload, viewIdentity, viewPackage } from '#trust'
import { Publisher, rounds, seeded, TEST_EPOCH } from '#testing'
import { compare, prerelease } from 'semver'
import { type LedgerBounds, PackageLedgers } from './package-ledgers.ts'

const HISTORIES = rounds(150, 4000)

/** Everything stays; most has to make room; nothing stays. */
const BOUNDS: readonly LedgerBounds[] = [
  { ops: 1, bytes: 1_000_000, chainBytes: 1_000_000 }, { ops: 2, bytes: 16_000, chainBytes: 1000 }, { ops: 1_000_000, bytes: 0, chainBytes: 0 },
]

const alice = new Publisher('alice')
const genesis = openOp(alice.genesis) as GenesisOp
const root = keyPairFromSeed(createIdentity(seeded('alice'), TEST_EPOCH).root)
const NAMES = ['tool', 'other'].map(parsePackageName)

/** Releases and words about them, a second life of the same key that contradicts the first from the fifth on, and in that one pre-releases. */
const feedOf = (publisher: Publisher, name: string, content: string): FeedOp[] =>
  Array.from({ length: 12 }, (_, index) => {
    if (index % 4 === 3) return publisher.status(name, index === 7 ? '*' : `1.${index - 1}.0`, { state: index === 11 ? 'live' : 'yanked' })
    return publisher.release(name, index < 9 ? `1.${index}.0` : `2.0.0-rc.${index}`, index < 5 ? {} : { content: `${content} ${index}` })
  })

const line = feedOf(alice, 'tool', 'first')

const rolesOp = (revoked: readonly Revocation[], domains: readonly string[]): ChainOp => {
  const { nonce: _, ...roles } = genesis.body
  const place = { identity: genesis.identity, at: TEST_EPOCH, seq: 1, prev: genesis.id }
  return openOp(signPayload(encodePayload({ type: 'roles', ...place, body: { ...roles, revoked, domains } }), [root])) as ChainOp
}

const confirmed = rolesOp([{ key: alice.feed, feeds: [{ name: NAMES[0]!, head: line[6]!.id }] }], [])

const others = feedOf(alice, 'other', 'first')
const twin = feedOf(new Publisher('alice'), 'tool', 'second').slice(5)
const branches = [confirmed, rolesOp([], ['ggen.example'])]

/** In nearly the order in which they came into being; in some lives the key contradicts itself, or is revoked, or the chain forks. */
const lifeOf = (next: () => number): readonly Op[] => {
  const feeds = [line, others, ...(next() % 3 === 0 ? [twin] : [])].flatMap((ops) => ops.map((op) => ({ op, place: op.seq * 10 + (next() % 40) })))
  const roles = branches.filter(() => next() % 3 === 0).map((op) => ({ op, place: next() % 200 }))
  return [...feeds, ...roles].filter(() => next() % 50 !== 0).sort((a, b) => a.place - b.place).map(({ op }) => op)
}

type Shown = readonly [Version, StatusState | 'disputed', OpId] | undefined

/** A catalogue, and ledgers of it that remember as much as they may. */
class Scene {
  readonly catalogue = memoryCatalogue()
  readonly #all = BOUNDS.map((bounds) => new PackageLedgers(this.catalogue, reopenOp, bounds))

  put(op: Op): void {
    this.catalogue.putOp(op)
    for (const ledgers of this.#all) ledgers.put(op)
  }

  /** It is as if it had never been. */
  putAndTakeBack(op: Op): void {
    assert.throws(() => this.catalogue.transact(() => {
      this.put(op)
      for (const ledgers of this.#all) this.#shown(ledgers, isFeedOp(op) ? op.body.name : NAMES[0]!)
      throw new RangeError('no room')
    }), RangeError)
  }

  drop(count: number): void {
    if (this.catalogue.dropEnvelopes(alice.identity, count) > 0) for (const ledgers of this.#all) ledgers.forget(alice.identity)
  }

  check(name: PackageName): Shown {
    const right = this.#right(name)
    for (const [index, ledgers] of this.#all.entries()) assert.deepEqual(this.#shown(ledgers, name), right, `ledgers ${index}`)
    return right
  }

  #shown(ledgers: PackageLedgers, name: PackageName): Shown {
    const who = ledgers.identity(alice.identity)
    const newest = who && ledgers.newest(who, name)
    return newest && [newest.release.body.version, newest.standing, newest.release.id]
  }

  #right(name: PackageName): Shown {
    const who = viewIdentity(alice.identity, this.catalogue.chainOps(alice.identity).map((bytes) => reopenOp(bytes) as ChainOp))
    const ops = this.catalogue.feedOps(alice.identity, name).map((bytes) => reopenOp(bytes) as FeedOp)
    const standing = who === undefined ? [] : [...viewPackage(who, name, ops).releases.values()].filter((one) => ['live', 'deprecated'].includes(one.standing))
    const isEarly = (version: Version): number => Number(prerelease(version) !== null)
    const [first] = standing.sort((a, b) => isEarly(a.version) - isEarly(b.version) || compare(b.version, a.version))
    return first && [first.release.body.version, first.standing, first.release.id]
  }
}

test(`in ${HISTORIES} random lives search shows what a view of all that is there says, whatever stays in memory, is dropped or taken back`, (t) => {
  const seen = new Set<string>()
  fc.assert(fc.property(fc.infiniteStream(fc.nat(999)), (numbers) => {
    const next = (): number => numbers.next().value ?? 0
    const scene = new Scene()
    scene.put(genesis)
    for (const op of lifeOf(next)) {
      const fate = next() % 30
      if (fate < 2) scene.putAndTakeBack(fate === 0 ? op : twin[next() % twin.length] ?? op)
      if (fate === 2) scene.drop(3)
      scene.put(op)
      for (const name of isFeedOp(op) ? [op.body.name] : NAMES) seen.add(scene.check(name)?.join(' ') ?? 'nothing')
    }
  }), { numRuns: HISTORIES })
  t.diagnostic(`${seen.size} different releases were shown`)
  assert(seen.size > 10, [...seen].join(', '))
})

test('of a package with many ops only what is new is read, until it was taken back or dropped', () => {
  const catalogue = memoryCatalogue()
  const publisher = new Publisher('alice')
  let reads = 0
  const ledgers = new PackageLedgers(catalogue, (envelope) => {
    reads += 1
    return reopenOp(envelope)
  })
  const put = (op: Op): number => {
    catalogue.putOp(op)
    ledgers.put(op)
    const who = ledgers.identity(alice.identity)
    reads = 0
    if (who !== undefined && isFeedOp(op)) ledgers.newest(who, op.body.name)
    return reads
  }
  put(genesis)
  const counts = Array.from({ length: LIMITS.ledgerOps + 4 }, (_, patch) => put(publisher.release('tool', `1.0.${patch}`)))
  assert.deepEqual(counts.slice(0, 3), [2, 3, 4], 'few are read as a whole, and the one that is shown')
  assert.deepEqual(counts.slice(-5), [LIMITS.ledgerOps + 1, 1, 1, 1, 1])
  assert.throws(() => catalogue.transact(() => assert.fail('taken back')))
  assert.equal(put(publisher.release('tool', '2.0.0')), LIMITS.ledgerOps + 6)
  assert.equal(put(publisher.release('tool', '2.0.1')), 1)
  ledgers.forget(alice.identity)
  assert.equal(put(publisher.release('tool', '2.0.2')), LIMITS.ledgerOps + 8)
})
