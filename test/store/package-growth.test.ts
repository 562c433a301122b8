import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import type { GenesisOp, Op, OpId, Version } from '#core'
import { Admissions, type OpenAll } from '#flow/verify'
import { openCatalogue } from '#store/disk'
import { encodePayload, openOp, opIdOf, reopenOp, sealEnvelope } from '#trust'
import { Publisher, realClock, rounds, temporaryFolder, TEST_EPOCH } from '#testing'

const LARGE = rounds(4000, 100_000)
const SMALL = 100
/** A larger file makes an op somewhat dearer; with everything viewed anew it would be a hundred times. */
const MOST_GROWTH = 5
/** Ops that come alone, in each round. */
const ALONE = 25
const ROUNDS = 5
/** That come together. */
const MANY = 1000

const never = new AbortController().signal
const alice = new Publisher('alice')
const genesis = openOp(alice.genesis) as GenesisOp
const { body } = alice.release('tool', '1.0.0')

/** The ops of one feed, whose signatures nobody looks at: making and checking them takes as long however many there are. */
function* feed(): Generator<Uint8Array> {
  let prev: OpId | undefined
  for (let seq = 0; ; seq += 1) {
    const place = { identity: genesis.identity, feed: alice.feed, seq, at: TEST_EPOCH + seq, ...(prev !== undefined && { prev }) }
    const version = `1.${Math.floor(seq / 10)}.${seq % 10}` as Version
    const payload = seq % 20 === 19
      ? encodePayload({ type: 'status', ...place, body: { roles: genesis.id, name: body.name, version: '1.0.3' as Version, state: 'deprecated' } })
      : encodePayload({ type: 'release', ...place, body: { ...body, version } })
    prev = opIdOf(payload)
    yield sealEnvelope(payload, [{ key: alice.feed, signature: new Uint8Array(64) }])
  }
}

const openAll: OpenAll = async (envelopes) => envelopes.map((envelope): { readonly op: Op } => ({ op: reopenOp(envelope) }))

/** Of this process alone, whatever else the machine does. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The cheapest of some rounds in which a few ops come, each alone. */
const costOfOne = async (take: (count: number) => Promise<void>): Promise<number> => {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = cpuMs()
    for (let count = 0; count < ALONE; count += 1) await take(1)
    best = Math.min(best, (cpuMs() - began) / ALONE)
  }
  return best
}

test(`an op costs about the same in a package of ${LARGE} ops as in one of ${SMALL}, and search shows what they add up to`, async (t) => {
  await using folder = await temporaryFolder()
  using catalogue = openCatalogue(join(folder.path, 'catalogue.db'))
  const admissions = new Admissions(catalogue, realClock)
  const ops = feed()
  let taken = 0
  const take = async (count: number): Promise<void> => {
    const envelopes = Array.from({ length: count }, () => ops.next().value ?? new Uint8Array())
    const outcomes = (await Array.fromAsync(admissions.admitAll(envelopes, { openAll, signal: never }))).flat()
    assert(outcomes.every(({ outcome }) => outcome === 'added'))
    taken += count
  }
  admissions.admit(alice.genesis)
  await take(SMALL)
  const inSmall = await costOfOne(take)
  const began = cpuMs()
  const before = taken
  while (taken < LARGE) await take(Math.min(MANY, LARGE - taken))
  const inMany = (cpuMs() - began) / (taken - before)
  const inLarge = await costOfOne(take)
  t.diagnostic(`one op alone: ${inSmall.toFixed(2)} ms of the processor in a package of ${SMALL}, ${inLarge.toFixed(2)} ms in one of ${LARGE}`)
  t.diagnostic(`of many at once until then: ${inMany.toFixed(2)} ms each, their making and reading included`)
  assert(inLarge < MOST_GROWTH * inSmall, `${inLarge} ms, ${inSmall} ms`)
  assert(inMany < MOST_GROWTH * inSmall, `${inMany} ms, ${inSmall} ms`)
  const newest = catalogue.feedOps(alice.identity, body.name).map((bytes) => reopenOp(bytes)).findLast((op) => op.type === 'release')
  assert.deepEqual(catalogue.entriesNamed(body.name).map(({ op }) => op), [newest?.id])
})
