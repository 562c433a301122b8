import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { opIdOfHash } from '#core'
import { answerFrame, openSession, readAnswer } from '#flow/sync'
import { MemoryOpSet, type OpSet } from '#store'
import { openCatalogue } from '#store/disk'
import { seeded, temporaryFolder } from '#testing'
import { loadReference, type ReferenceSession } from './reference-negentropy.ts'

const { Negentropy, NegentropyStorageVector } = await loadReference()

interface Item {
  readonly at: number
  readonly id: Uint8Array
}

const ROUNDS_MAX = 40
const FRAME_LIMITS = [0, 4096] as const
const SIZES = [0, 1, 5, 31, 32, 33, 100, 700, 3000] as const
const text = (id: Uint8Array): string => Buffer.from(id).toString('hex')

/** Two sets that differ in a few, many or all items, some of them crowded into three seconds. The reference is wrong beyond 2^31. */
const pairOf = (seed: number): { readonly left: readonly Item[]; readonly right: readonly Item[] } => {
  const dice = seeded(`negentropy ${seed}`)
  const size = SIZES[seed % SIZES.length] ?? 0
  const share = [0, 0.001, 0.01, 0.2, 1][seed % 5] ?? 0
  const isCrowded = seed % 3 === 0
  const all = Array.from({ length: size }, (_, index) => ({
    at: 1_700_000_000 + (isCrowded ? Math.floor(dice.fraction() * 3) : Math.floor(dice.fraction() * 80_000_000)),
    id: Uint8Array.from(createHash('sha256').update(`${seed} ${index}`).digest()),
  }))
  const without = (): readonly Item[] => all.filter(() => dice.fraction() >= share)
  return { left: without(), right: seed % 2 === 0 ? all : without() }
}

const reference = (items: readonly Item[], frameLimit: number): ReferenceSession => {
  const set = new NegentropyStorageVector()
  for (const { at, id } of items) set.insert(at, id)
  set.seal()
  const session = new Negentropy(set, frameLimit)
  session.wantUint8ArrayOutput = true
  return session
}

const inMemory = (items: readonly Item[]): OpSet => {
  const set = new MemoryOpSet()
  for (const { at, id } of items) set.add({ at, id: opIdOfHash(id) })
  return set
}

const onlyIn = (some: readonly Item[], others: readonly Item[]): string[] => {
  const known = new Set(others.map(({ id }) => text(id)))
  return some.map(({ id }) => text(id)).filter((id) => !known.has(id)).sort()
}

const oursAsks = async (set: OpSet, own: readonly Item[], answerer: ReferenceSession): Promise<string[]> => {
  const known = new Set(own.map(({ id }) => text(id)))
  const needed = new Set<string>()
  let frame: Uint8Array | undefined = openSession(set)
  for (let round = 0; frame !== undefined; round += 1) {
    assert(round < ROUNDS_MAX, 'the session comes to an end')
    const [answer] = await answerer.reconcile(frame)
    assert(answer)
    const { theirs, next } = readAnswer(set, Uint8Array.from(answer))
    for (const id of theirs.map(text)) if (!known.has(id)) needed.add(id)
    frame = next
  }
  return [...needed].sort()
}

const referenceAsks = async (asker: ReferenceSession, set: OpSet): Promise<string[]> => {
  const needed = new Set<string>()
  let frame: Uint8Array | null | undefined = await asker.initiate()
  for (let round = 0; frame instanceof Uint8Array; round += 1) {
    assert(round < ROUNDS_MAX, 'the session comes to an end')
    const [next, , need] = await asker.reconcile(answerFrame(set, Uint8Array.from(frame)).frame)
    for (const id of need) needed.add(text(id))
    frame = next
  }
  return [...needed].sort()
}

suite('the reference implementation of Negentropy and ours find the same differences', () => {
  test('with ours asking and with ours answering, with and without a limit on frames', async () => {
    for (let seed = 0; seed < 90; seed += 1) {
      const { left, right } = pairOf(seed)
      const expected = onlyIn(right, left)
      for (const limit of FRAME_LIMITS) {
        assert.deepEqual(await oursAsks(inMemory(left), left, reference(right, limit)), expected, `ours asks, seed ${seed}, limit ${limit}`)
        assert.deepEqual(await referenceAsks(reference(left, limit), inMemory(right)), expected, `ours answers, seed ${seed}, limit ${limit}`)
      }
    }
  })

  test('also when ours is a catalogue on disk', async () => {
    await using folder = await temporaryFolder()
    for (let seed = 0; seed < 18; seed += 1) {
      const { left, right } = pairOf(seed)
      using catalogue = openCatalogue(join(folder.path, `${seed}.db`))
      catalogue.transact(() => {
        for (const { at, id } of right) catalogue.putOp(bareOp(at, id))
      })
      assert.deepEqual(await referenceAsks(reference(left, 0), catalogue), onlyIn(right, left), `seed ${seed}`)
      assert.deepEqual(await oursAsks(catalogue, right, reference(left, 0)), onlyIn(left, right), `seed ${seed}`)
    }
  })
})

/** An op as far as the ordered set looks at it. */
const bareOp = (at: number, hash: Uint8Array): Parameters<ReturnType<typeof openCatalogue>['putOp']>[0] => {
  const id = opIdOfHash(hash)
  const roles = { root: { keys: [], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1 }
  return { id, identity: id as never, type: 'genesis', at, seq: 0, signers: new Set(), bytes: Uint8Array.of(1), body: { ...roles, nonce: new Uint8Array(16) } }
}
