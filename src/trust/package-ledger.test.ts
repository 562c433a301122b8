import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type ChainOp, type FeedOp, isChainOp, type OpId, type PackageName, type ReleaseOp, type StatusOp } from '#core'
import { mergeOps } from './merge-ops.ts'
import { PackageLedger } from './package-ledger.ts'
import { type History, history, NAMES } from './random-history.conformance.ts'
import { type IdentityView, viewIdentity } from './view-identity.ts'
import { type PackageView, viewPackage } from './view-package.ts'
import { rounds } from '#testing'

const HISTORIES = rounds(600, 20_000)
/** The same in every run, and everything happens in them: by chance the rarest, a signature that comes later, is absent once in some hundred runs. */
const KNOWN = { numRuns: 200, seed: 1 }

/** In an order of its own, from nearly the right one to any, and some of them again. */
const shuffled = ({ chain, feeds }: History, numbers: Iterator<number>): readonly (ChainOp | FeedOp)[] => {
  const next = (): number => numbers.next().value ?? 0
  const reach = [2, 8, 1000][next() % 3] ?? 1
  const [genesis, ...others] = [...chain, ...feeds].flatMap((op) => (next() % 10 === 0 ? [op, op] : [op]))
  const mixed = others.map((op, index) => ({ op, place: index + (next() % reach) })).sort((a, b) => a.place - b.place).map(({ op }) => op)
  const late = next() % 4 === 0 ? next() % (mixed.length + 1) : 0
  return genesis === undefined ? mixed : mixed.toSpliced(late, 0, genesis)
}

/** With the orders in it, which comparing maps leaves out. */
const inOrder = ({ releases, heads, ...view }: PackageView): object => ({ ...view, releases: [...releases], heads: [...heads] })

class Growing {
  readonly seen: Record<string, number> = {}
  readonly #identity: History['genesis']['identity']
  readonly #chain: ChainOp[] = []
  readonly #feeds: FeedOp[] = []
  readonly #copies = new Map<OpId, FeedOp[]>()
  #who: IdentityView | undefined
  #ledgers = new Map<PackageName, PackageLedger<ReleaseOp, StatusOp>>()
  readonly #before = new Map<PackageName, { readonly view: PackageView; readonly right: PackageView }>()

  constructor(identity: History['genesis']['identity']) {
    this.#identity = identity
  }

  add(op: ChainOp | FeedOp): void {
    if (isChainOp(op)) this.#turn(op)
    else this.#put(op)
    for (const name of isChainOp(op) ? NAMES : [op.body.name]) this.#compare(name)
  }

  /** Only another chain makes other ledgers: its head stands for it. */
  #turn(op: ChainOp): void {
    this.#chain.push(op)
    const who = viewIdentity(this.#identity, this.#chain)
    this.#count(who?.head === this.#who?.head ? 'same chain' : 'other chain', true)
    if (who === undefined || who.head === this.#who?.head) return
    this.#who = who
    this.#before.clear()
    this.#ledgers = new Map(NAMES.map((name) => [name, new PackageLedger(who, name)]))
    for (const one of mergeOps(this.#feeds).values()) for (const ledger of this.#ledgers.values()) ledger.put(one)
  }

  #put(op: FeedOp): void {
    this.#feeds.push(op)
    const copies = [...(this.#copies.get(op.id) ?? []), op]
    this.#copies.set(op.id, copies)
    for (const one of mergeOps(copies).values()) for (const ledger of this.#ledgers.values()) ledger.put(one)
  }

  #compare(name: PackageName): void {
    const ledger = this.#ledgers.get(name)
    if (this.#who === undefined || ledger === undefined) return
    const [view, right, before] = [ledger.view(), viewPackage(this.#who, name, this.#feeds), this.#before.get(name)]
    this.#before.set(name, { view, right })
    assert.deepEqual(inOrder(view), inOrder(right))
    assert.deepEqual([...ledger.slots()].sort(), [...right.releases.keys()])
    for (const [slot, release] of right.releases) {
      assert.deepEqual(ledger.release(slot), release)
      assert.equal(ledger.standing(slot), release.standing)
    }
    if (before !== undefined) assert.deepEqual(inOrder(before.view), inOrder(before.right), 'a view that was given stays as it was')
    compareChanged(ledger, { before: before?.right.releases ?? new Map(), after: right.releases })
    this.#see(right, before?.right)
    this.#count('confirmed', [...this.#who.revoked.values()].some((heads) => heads.has(name)) && right.heads.size > 0)
  }

  #see({ releases, suspended, staged }: PackageView, before: PackageView | undefined): void {
    const all = [...releases.values()]
    this.#count('fewer releases', before !== undefined && before.releases.size > releases.size)
    this.#count('suspended', suspended.length > 0)
    this.#count('staged', staged.length > 0)
    this.#count('co-signed', before !== undefined && before.staged.length > staged.length && before.releases.size <= releases.size)
    this.#count('disputed', all.some(({ standing }) => standing === 'disputed'))
    this.#count('a fork contradicts', suspended.length > 0 && all.some(({ rivals }) => rivals.length > 0))
    for (const standing of ['live', 'yanked', 'deprecated', 'withdrawn']) this.#count(standing, all.some((one) => one.standing === standing))
  }

  #count(what: string, isSeen: boolean): void {
    this.seen[what] = (this.seen[what] ?? 0) + Number(isSeen)
  }
}

type Releases = PackageView['releases']

/** No slot is other than it was without being named. */
const compareChanged = (ledger: PackageLedger<ReleaseOp, StatusOp>, { before, after }: { readonly before: Releases; readonly after: Releases }): void => {
  const changed = ledger.takeChanged()
  for (const slot of new Set([...before.keys(), ...after.keys()]).difference(changed)) assert.deepEqual(after.get(slot), before.get(slot), `${slot} changed`)
  assert.equal(ledger.takeChanged().size, 0)
}

test(`op by op in any order, ${HISTORIES} random histories add up to what a view of all their ops says, after each of them`, (t) => {
  const seen: Record<string, number> = {}
  const addsUp = fc.property(history, fc.infiniteStream(fc.nat(999)), (one, numbers) => {
    const growing = new Growing(one.genesis.identity)
    for (const op of shuffled(one, numbers)) growing.add(op)
    for (const [what, times] of Object.entries(growing.seen)) seen[what] = (seen[what] ?? 0) + Number(times > 0)
  })
  for (const parameters of [KNOWN, { numRuns: HISTORIES }]) fc.assert(addsUp, parameters)
  t.diagnostic(`histories with: ${Object.entries(seen).map(([what, times]) => `${what} ${times}`).join(', ')}`)
  for (const [what, times] of Object.entries(seen)) assert(times > 0, `the histories are worth something: ${what} ${times}`)
})

test('an op of somebody else, of another package, or of a key that may not, changes nothing', () => {
  const busy = history.filter(({ feeds, genesis }) => feeds.length > 8 && viewIdentity(genesis.identity, [genesis]) !== undefined)
  const [one] = fc.sample(busy, { numRuns: 1, seed: 1 })
  const who = one && viewIdentity(one.genesis.identity, [one.genesis])
  assert(one !== undefined && who !== undefined)
  const [name] = NAMES
  const ledger = new PackageLedger<ReleaseOp, StatusOp>(who, name)
  for (const op of one.feeds) {
    ledger.put({ ...op, body: { ...op.body, name: NAMES[3] ?? name } } as FeedOp)
    ledger.put({ ...op, identity: 'another' as FeedOp['identity'] })
    ledger.put({ ...op, feed: 'a stranger' as FeedOp['feed'] })
    ledger.put({ ...op, signers: new Set() })
    ledger.put({ ...op, body: { ...op.body, roles: 'unknown' as OpId } } as FeedOp)
  }
  assert.deepEqual(ledger.view(), { name, releases: new Map(), tags: new Map(), suspended: [], staged: [], heads: new Map() })
})
