import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isGgenError, type OpId, type ReleaseOp, toGgenError } from '#core'
import { type ControlClient, controlClient, type PrepareReply } from '#doors/control'
import { openCatalogue, openTrustStore } from '#store/disk'
import { type KeyPair, reopenOp, type Signature, signingBytes } from '#trust'
import { assertSoundHome, killAfter, type RunningNode, seeded, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'
import { publishTo, type TestIdentity, testIdentity } from '../faults/publish.ts'

/** Nodes that are killed side by side, as many as the smallest machine has cores. */
const NODES = 2
/** A thousand take a quarter of an hour: GGEN_LONG=1. */
const KILLS_EACH = process.env['GGEN_LONG'] === undefined ? 20 : 500
const PACKAGES = 10
/** What is done takes some tens of milliseconds; kills fall before, in and after it. */
const KILL_WITHIN_MS = 200
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

/** What the terminal held in its hand when the node was gone. */
interface Attempt {
  prepared?: PrepareReply & { readonly state: 'unsigned' }
  /** Acknowledged. */
  op?: OpId
}

const signatureOf = (key: KeyPair, payload: Uint8Array): Signature => ({ key: key.publicKey, signature: key.sign(signingBytes(payload)) })

const attemptPublish = async (client: ControlClient, { identity, genesis, key }: TestIdentity, path: string): Promise<Attempt> => {
  const attempt: Attempt = {}
  try {
    const prepared = await client.prepare({ path, identity, chain: [genesis], feed: key.publicKey }, never)
    if (prepared.state === 'published') throw new Error('a new version is published already')
    attempt.prepared = prepared
    attempt.op = (await client.commit(prepared.intent, [signatureOf(key, prepared.payload)], never)).op
  } catch (error) {
    assert.ok(toGgenError(error).code !== 'internal', String(error))
  }
  return attempt
}

/** The signature of the interrupted attempt comes late: it counts for what was journalled, or for nothing. */
const signLate = async (client: ControlClient, { key }: TestIdentity, { prepared }: Attempt): Promise<OpId | undefined> => {
  if (prepared === undefined) return undefined
  try {
    return (await client.commit(prepared.intent, [signatureOf(key, prepared.payload)], never)).op
  } catch (error) {
    assert.ok(isGgenError(error, 'publish-expired'), String(error))
    return undefined
  }
}

interface Course {
  readonly home: string
  /** As it came up after the last kill. */
  readonly node: RunningNode
  readonly acknowledged: ReadonlyMap<string, OpId>
  readonly restartsMs: readonly number[]
  /** Publishes and fetches that were killed before their acknowledgement. */
  readonly cut: { readonly publishes: number; readonly fetches: number }
}

interface Killed {
  readonly folder: string
  readonly name: string
  readonly witness: RunningNode
}

/** Publishes and fetches at once, with a kill -9 at a random moment, again and again; what was acknowledged must be there when the node starts again. */
const killedNode = async ({ folder, name, witness }: Killed): Promise<Course> => {
  const random = seeded(name)
  const publisher = testIdentity(name)
  const home = await newHome(join(folder, name), `[storage]\nquota = "${QUOTA}"\n`)
  const acknowledged = new Map<string, OpId>()
  const restartsMs: number[] = []
  const cut = { publishes: 0, fetches: 0 }
  const start = (): Promise<RunningNode> => startNode({ home, bootstrap: witness.addresses })
  let node = await start()
  for (let kill = 0; kill < KILLS_EACH; kill++) {
    const client = clientOf(node)
    await until('the witness is there', async () => (await client.peers(never)).some(({ peerId }) => String(peerId) === witness.peerId))
    const [package_, version] = [`${name}-${kill % PACKAGES}`, `1.0.${kill}`]
    const path = await writeTree(join(folder, `${name}-source`, package_), smallPackage(package_, version, `number ${kill}`))
    const killed = killAfter(node, random.fraction() * KILL_WITHIN_MS)
    const fetching = client.fetch({ spec: `fetched-${kill % FETCHED}` }, never).then(() => true, () => false)
    const attempt = await attemptPublish(client, publisher, path)
    const isFetched = await fetching
    await killed
    node = await start()
    restartsMs.push(node.readyMs)
    const late = random.fraction() < 0.5 ? await signLate(clientOf(node), publisher, attempt) : undefined
    const op = await publishTo(join(home, 'ggen.sock'), publisher, path)
    for (const before of [attempt.op, late]) if (before !== undefined) assert.equal(op, before, 'an acknowledged publish is there, under the same op')
    if (attempt.op === undefined) cut.publishes++
    if (!isFetched) cut.fetches++
    acknowledged.set(`${package_}@${version}`, op)
  }
  await assertKept(node, acknowledged)
  return { home, node, acknowledged, restartsMs, cut }
}

/** Each acknowledged release is known, and its archive is here: no quota touches what was published from this node. */
const assertKept = async (node: RunningNode, acknowledged: ReadonlyMap<string, OpId>): Promise<void> => {
  const client = clientOf(node)
  for (const [spec, op] of acknowledged) {
    const { op: known, digest, sizeBytes } = await client.info(spec, never)
    assert.equal(known, op, spec)
    assert.equal(Buffer.concat(await Array.fromAsync(client.readBlob(digest, never))).length, sizeBytes)
  }
}

const placeOf = ({ feed, seq, body }: ReleaseOp): string => `${feed} ${body.name} ${seq}`

/** All releases in these envelopes, by the place in their feed that they claim. */
const placesIn = (envelopes: readonly Uint8Array[]): Map<string, Set<OpId>> => {
  const claims = new Map<string, Set<OpId>>()
  for (const op of envelopes.map(reopenOp)) {
    if (op.type !== 'release') continue
    const place = placeOf(op)
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
  const [publishes, fetches, kills] = [sum('publishes'), sum('fetches'), NODES * KILLS_EACH]
  t.diagnostic(`${kills} kills: ${publishes} publishes and ${fetches} fetches cut off; restarts: median ${median} ms, slowest ${slowest} ms`)
  for (const cut of [publishes, fetches]) assert.ok(cut > kills / 20 && cut < kills, 'some kills fell in it, some after it')
}

const CLAIM = `${NODES * KILLS_EACH} kills while nodes publish, fetch and make room: nothing acknowledged is lost, nobody contradicts himself, all is sound`

test(CLAIM, { timeout: TIMEOUT_MS }, async (t) => {
  await using work = await temporaryFolder()
  await using witness = await startWitness(work.path)
  const courses = await Promise.all(Array.from({ length: NODES }, (_, index) => killedNode({ folder: work.path, name: `killed-${index}`, witness })))
  await using nodes = new AsyncDisposableStack()
  for (const { node } of courses) nodes.use(node)
  tell(t, courses)
  const releases = FETCHED + courses.reduce((total, { acknowledged }) => total + acknowledged.size, 0)
  await until('the witness has heard of every release', async () => (await clientOf(witness).status(never)).releases >= releases)
  await nodes.disposeAsync()
  await witness.interrupt()
  for (const { home } of [witness, ...courses]) await assertSoundHome(home)
  for (const claims of [placesIn(heardBy(witness.home)), ...courses.map(({ home }) => placesIn([...heardBy(home), ...journalOf(home)]))]) {
    for (const [place, ops] of claims) assert.equal(ops.size, 1, `two different records at ${place}`)
  }
  assert.equal(placesIn(heardBy(witness.home)).size, releases, 'one place in a feed for every version, and for nothing else')
})
