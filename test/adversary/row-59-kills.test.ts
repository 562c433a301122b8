import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type IdentityId, type OpId, type ReleaseOp, toGgenError } from '#core'
import { controlClient } from '#doors/control'
import { openCatalogue, openTrustStore } from '#store/disk'
import { createIdentity, keyPairFromSeed, reopenOp, signingBytes } from '#trust'
import { killAfter, type RunningNode, seeded, smallPackage, startNode, temporaryFolder, TEST_EPOCH, writeTree } from '#testing'

/** Two publishers side by side, as many as the smallest machine has cores. */
const PUBLISHERS = 2
const KILLS_EACH = 100
const PACKAGES = 10
/** A publish takes some tens of milliseconds; kills fall before, in and after it. */
const KILL_WITHIN_MS = 160

/** Every kill costs a start of the node. */
const TIMEOUT_MS = 15 * 60_000

const never = new AbortController().signal

interface Publisher {
  readonly identity: IdentityId
  readonly genesis: Uint8Array
  readonly key: ReturnType<typeof keyPairFromSeed>
}

const newPublisher = (seed: string): Publisher => {
  const { identity, genesis, release } = createIdentity(seeded(seed), TEST_EPOCH)
  return { identity, genesis, key: keyPairFromSeed(release) }
}

/** What the terminal does, in this process: prepare, sign, commit. Resolves to the op once the node has acknowledged it. */
const publish = async (socketPath: string, { identity, genesis, key }: Publisher, path: string): Promise<OpId> => {
  const client = controlClient(socketPath)
  const prepared = await client.prepare({ path, identity, chain: [genesis], feed: key.publicKey }, never)
  if (prepared.state === 'published') return prepared.receipt.op
  const { op } = await client.commit(prepared.intent, [{ key: key.publicKey, signature: key.sign(signingBytes(prepared.payload)) }], never)
  return op
}

interface Outcome {
  readonly home: string
  readonly acknowledged: ReadonlyMap<string, OpId>
  readonly restartsMs: readonly number[]
  /** Kills that came before the acknowledgement. */
  readonly interrupted: number
}

/** 100 publishes, each with a kill -9 at a random moment; after every one the node starts again and the publish is repeated until it is acknowledged. */
const killedPublishes = async (folder: string, seed: string): Promise<Outcome> => {
  const random = seeded(seed)
  const publisher = newPublisher(seed)
  const home = join(folder, seed)
  const socketPath = join(home, 'ggen.sock')
  const acknowledged = new Map<string, OpId>()
  const restartsMs: number[] = []
  let interrupted = 0
  let node: RunningNode = await startNode({ home })
  for (let kill = 0; kill < KILLS_EACH; kill++) {
    const [name, version] = [`package-${kill % PACKAGES}`, `1.0.${kill}`]
    const path = await writeTree(join(folder, `${seed}-source`, name), smallPackage(name, version, `number ${kill}`))
    const killed = killAfter(node, random.fraction() * KILL_WITHIN_MS)
    const attempt = await publish(socketPath, publisher, path).catch((error: unknown) => toGgenError(error))
    await killed
    node = await startNode({ home })
    restartsMs.push(node.readyMs)
    const op = await publish(socketPath, publisher, path)
    if (typeof attempt === 'string') assert.equal(op, attempt, 'an acknowledged publish is there after the kill, under the same op')
    else interrupted++
    acknowledged.set(`${name}@${version}`, op)
  }
  const client = controlClient(socketPath)
  for (const [spec, op] of acknowledged) assert.equal((await client.info(spec, never)).op, op, spec)
  await node.kill()
  return { acknowledged, restartsMs, interrupted, home }
}

/** Every op of a home, by the place in its feed that it claims. */
const places = async (home: string): Promise<Map<string, Set<OpId>>> => {
  using catalogue = openCatalogue(join(home, 'catalogue.db'))
  using trust = openTrustStore(join(home, 'trust.db'))
  const known = catalogue.arrivals(0, 10_000).envelopes
  const claims = new Map<string, Set<OpId>>()
  const signed = trust.intents().map(({ envelope }) => envelope).filter((envelope) => envelope !== undefined)
  for (const op of [...known, ...trust.ownOps(), ...signed].map(reopenOp)) {
    if (op.type !== 'release') continue
    const place = placeOf(op)
    claims.set(place, (claims.get(place) ?? new Set()).add(op.id))
  }
  return claims
}

const placeOf = ({ feed, seq, body }: ReleaseOp): string => `${feed} ${body.name} ${seq}`

const CLAIM = `${PUBLISHERS * KILLS_EACH} publishes killed at random moments: nothing acknowledged is lost, no publisher contradicts itself`

test(CLAIM, { timeout: TIMEOUT_MS }, async (t) => {
  await using work = await temporaryFolder()
  const runs = await Promise.all(Array.from({ length: PUBLISHERS }, (_, index) => killedPublishes(work.path, `p${index}`)))
  for (const { home, acknowledged } of runs) {
    const claims = await places(home)
    assert.equal(claims.size, acknowledged.size, 'one place in a feed for every version')
    for (const [place, ops] of claims) assert.equal(ops.size, 1, `two different records at ${place}`)
  }
  const restarts = runs.flatMap(({ restartsMs }) => restartsMs).sort((a, b) => a - b)
  const interrupted = runs.reduce((sum, run) => sum + run.interrupted, 0)
  assert.ok(interrupted > 0 && interrupted < PUBLISHERS * KILLS_EACH, 'some kills fell into a publish, some after it')
  const [median, slowest] = [restarts[restarts.length >> 1], restarts.at(-1)].map((ms) => Math.round(ms ?? 0))
  t.diagnostic(`${interrupted} interrupted before their acknowledgement; restarts: median ${median} ms, slowest ${slowest} ms`)
})
