import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Op, OpId } from '#core'
import { type ControlClient, controlClient } from '#doors/control'
import { openCatalogue, openTrustStore } from '#store/disk'
import { reopenOp } from '#trust'
import { assertSoundHome, killAfter, rounds, type RunningNode, seeded, signed, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'
import { publishTo, testIdentity } from '../faults/publish.ts'
import { type Action, KilledPublisher } from './killed-publisher.ts'

/** Nodes that are killed side by side, as many as the smallest machine has cores. */
const NODES = 2
const KILLS_EACH = rounds(6, 500)
const PACKAGES = 10
/** What is done takes some tens of milliseconds, more on a busy machine; kills fall before, in and after it. */
const KILL_WITHIN_MS = [200, 1000] as const
/** Packages that are fetched one after the other; the quota has room for less than half of them, so that every fetch drops another one. */
const FETCHED = 8
const FETCHED_BYTES = 400_000
const QUOTA = '1.5MB'
const TIMEOUT_MS = 4 * 60 * 60_000

const never = new AbortController().signal
const clientOf = ({ home }: { readonly home: string }): ControlClient => controlClient(join(home, 'ggen.sock'))

/** A home whose node compares catalogues every second, because gossip of a new publisher is slowed. */
const newHome = async (path: string, more = ''): Promise<string> => {
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, 'config.toml'), `[p2p]\nsync_every = 1\n${more}`)
  return path
}

/** A node that nobody kills: it gives the packages, and hears all that the others ever say. */
const startWitness = async (folder: string): Promise<RunningNode> => {
  const witness = await startNode({ home: await newHome(join(folder, 'witness')) })
  const content = seeded('fetched')
  for (let index = 0; index < FETCHED; index++) {
    const files = { ...smallPackage(`fetched-${index}`), 'content.bin': content.bytes(FETCHED_BYTES) }
    await publishTo(join(witness.home, 'ggen.sock'), testIdentity('witness'), await writeTree(join(folder, `fetched-${index}`), files))
  }
  return witness
}

interface Course {
  readonly home: string
  readonly acknowledged: ReadonlyMap<string, OpId>
  /** Of everything that was acknowledged. */
  readonly ops: ReadonlySet<OpId>
  readonly restartsMs: readonly number[]
  readonly yanked: ReadonlySet<string>
  readonly rotations: number
  /** What was said to others, and fetches, that were killed before their acknowledgement. */
  readonly cut: { readonly said: number; readonly fetches: number }
}

interface Killed {
  readonly folder: string
  readonly name: string
  readonly witness: RunningNode
  /** Whatever becomes of the test, nothing is left running. */
  readonly nodes: AsyncDisposableStack
}

/** What a publisher acknowledged so far, and what it does next: most often a release. */
class Plan {
  readonly acknowledged = new Map<string, OpId>()
  readonly yanked = new Set<string>()
  /** Of all records, releases and others. */
  readonly ops = new Set<OpId>()
  rotations = 0
  #next: { readonly action: Action; readonly spec?: string } | undefined

  async next({ folder, name }: Killed, kill: number, fraction: number): Promise<Action> {
    const yankable = [...this.acknowledged.keys()].find((spec) => !this.yanked.has(spec))
    if (fraction < 0.2) this.#next = { action: { kind: 'rotate' } }
    else if (fraction < 0.4 && yankable !== undefined) this.#next = { action: { kind: 'yank', spec: yankable }, spec: yankable }
    else {
      const [package_, version] = [`${name}-${kill % PACKAGES}`, `1.0.${kill}`]
      const path = await writeTree(join(folder, `${name}-source`, package_), smallPackage(package_, version, `number ${kill}`))
      this.#next = { action: { kind: 'publish', path }, spec: `${package_}@${version}` }
    }
    return this.#next.action
  }

  done(op: OpId): void {
    const { action, spec } = this.#next ?? {}
    this.ops.add(op)
    if (action?.kind === 'rotate') this.rotations++
    else if (spec !== undefined && action?.kind === 'yank') this.yanked.add(spec)
    else if (spec !== undefined) this.acknowledged.set(spec, op)
  }
}

/** Publishes, yanks, changes keys and fetches, with a kill -9 at a random moment, again and again; what was acknowledged must be there afterwards. */
const killedNode = async (killed: Killed): Promise<Course> => {
  const { folder, name, witness, nodes } = killed
  const random = seeded(name)
  const publisher = new KilledPublisher(name)
  const home = await newHome(join(folder, name), `[storage]\nquota = "${QUOTA}"\n`)
  const plan = new Plan()
  const restartsMs: number[] = []
  const cut = { said: 0, fetches: 0 }
  const start = (): Promise<RunningNode> => startNode({ home, bootstrap: witness.addresses })
  let node = await start()
  nodes.defer(() => node[Symbol.asyncDispose]())
  for (let kill = 0; kill < KILLS_EACH; kill++) {
    const client = clientOf(node)
    await until('the witness is there', async () => (await client.peers(never)).some(({ peerId }) => String(peerId) === witness.peerId))
    const action = await plan.next(killed, kill, random.fraction())
    const killing = killAfter(node, random.fraction() * KILL_WITHIN_MS[kill % 2 === 0 ? 0 : 1])
    const fetching = client.fetch({ spec: `fetched-${kill % FETCHED}` }, never).then(() => true, () => false)
    const attempt = await publisher.attempt(client, action)
    const isFetched = await fetching
    await killing
    node = await start()
    restartsMs.push(node.readyMs)
    const late = random.fraction() < 0.5 ? await publisher.signLate(clientOf(node), action, attempt) : undefined
    const op = await publisher.complete(clientOf(node), action, attempt.op ?? late)
    for (const before of [attempt.op, late]) if (before !== undefined) assert.equal(op, before, `an acknowledged ${action.kind} is there, under the same op`)
    if (attempt.op === undefined) cut.said++
    if (!isFetched) cut.fetches++
    plan.done(op)
  }
  const { acknowledged, yanked, rotations, ops } = plan
  await assertKept(node, plan)
  assert.equal((await clientOf(node).chain(publisher.identity, never)).length, 1 + rotations, 'each change of keys is there once')
  return { home, acknowledged, yanked, rotations, ops, restartsMs, cut }
}

/** Each acknowledged release is known, and its archive is here, for no quota touches what was published from this node; each yanked one is refused as that. */
const assertKept = async (node: RunningNode, { acknowledged, yanked }: Pick<Course, 'acknowledged' | 'yanked'>): Promise<void> => {
  const client = clientOf(node)
  for (const [spec, op] of acknowledged) {
    if (yanked.has(spec)) {
      await assert.rejects(client.info(spec, never), /was yanked/)
      continue
    }
    const { op: known, digest, sizeBytes } = signed(await client.info(spec, never))
    assert.equal(known, op, spec)
    assert.equal(Buffer.concat(await Array.fromAsync(client.readBlob(digest, never))).length, sizeBytes)
  }
}

const placeOf = (op: Op): string | undefined => {
  if (op.type === 'release' || op.type === 'status') return `${op.feed} ${op.body.name} ${op.seq}`
  return op.type === 'roles' ? `${op.identity} ${op.seq}` : undefined
}

/** All that was said in these envelopes, by the place in its feed, or in the chain of its identity, that it claims. */
const placesIn = (envelopes: readonly Uint8Array[]): Map<string, Set<OpId>> => {
  const claims = new Map<string, Set<OpId>>()
  for (const op of envelopes.map(reopenOp)) {
    const place = placeOf(op)
    if (place === undefined) continue
    claims.set(place, (claims.get(place) ?? new Set()).add(op.id))
  }
  return claims
}

const heardBy = (home: string): readonly Uint8Array[] => {
  using catalogue = openCatalogue(join(home, 'catalogue.db'))
  return catalogue.arrivals(0, 100_000).envelopes
}

const journalOf = (home: string): readonly Uint8Array[] => {
  using trust = openTrustStore(join(home, 'trust.db'))
  return [...trust.ownOps(), ...trust.intents().flatMap(({ envelope }) => envelope ?? [])]
}

const tell = (t: TestContext, courses: readonly Course[]): void => {
  const restarts = courses.flatMap(({ restartsMs }) => restartsMs).sort((a, b) => a - b)
  const [median, slowest] = [restarts[restarts.length >> 1], restarts.at(-1)].map((ms) => Math.round(ms ?? 0))
  const sum = (what: keyof Course['cut']): number => courses.reduce((total, { cut }) => total + cut[what], 0)
  const [said, fetches, kills] = [sum('said'), sum('fetches'), NODES * KILLS_EACH]
  const count = (of: (course: Course) => number): number => courses.reduce((total, course) => total + of(course), 0)
  const [releases, yanks] = [count(({ acknowledged }) => acknowledged.size), count(({ yanked }) => yanked.size)]
  const acts = `${releases} releases, ${yanks} yanks, ${count(({ rotations }) => rotations)} rotations`
  t.diagnostic(`${kills} kills, ${acts}: ${said} of them and ${fetches} fetches cut off; restarts: median ${median} ms, slowest ${slowest} ms`)
  for (const cut of [said, fetches]) assert.ok(cut > kills / 20 && cut < kills, 'some kills fell in it, some after it')
}

const WORK = 'nodes publish, yank, rotate keys, fetch and make room'
const CLAIM = `${NODES * KILLS_EACH} kills while ${WORK}: nothing acknowledged is lost, nobody contradicts himself, all is sound`

test(CLAIM, { timeout: TIMEOUT_MS }, async (t) => {
  await using work = await temporaryFolder()
  await using witness = await startWitness(work.path)
  await using nodes = new AsyncDisposableStack()
  const names = Array.from({ length: NODES }, (_, index) => `killed-${index}`)
  const courses = await Promise.all(names.map((name) => killedNode({ folder: work.path, name, witness, nodes })))
  tell(t, courses)
  const printOf = async ({ home }: { readonly home: string }): Promise<string> => (await clientOf({ home }).status(never)).catalogue.fingerprint
  await until('all know the same', async () => new Set(await Promise.all([witness, ...courses].map(printOf))).size === 1)
  await nodes.disposeAsync()
  await witness.interrupt()
  for (const { home } of [witness, ...courses]) await assertSoundHome(home)
  for (const claims of [placesIn(heardBy(witness.home)), ...courses.map(({ home }) => placesIn([...heardBy(home), ...journalOf(home)]))]) {
    for (const [place, ops] of claims) assert.equal(ops.size, 1, `two different records at ${place}`)
  }
  const heard = heardBy(witness.home).map(reopenOp)
  const known = new Set(heard.map(({ id }) => id))
  for (const { ops } of courses) assert.deepEqual([...ops].filter((op) => !known.has(op)), [], 'the witness has heard of all that was acknowledged')
  // A yank that was cut off may have been said, and is then said again, which means the same.
  const done = FETCHED + courses.reduce((total, { acknowledged, rotations }) => total + acknowledged.size + rotations, 0)
  assert.equal(heard.filter(({ type }) => type === 'release' || type === 'roles').length, done, 'everything that was done is there once')
})
