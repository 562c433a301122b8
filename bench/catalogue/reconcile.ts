import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type GenesisOp, type IdentityId, opIdOfHash } from '#core'
import { answerFrame, openSession, readAnswer } from '#flow/sync'
import { type Catalogue, type OpSet, WHOLE_SET } from '#store'
import { openCatalogue } from '#store/disk'
import { median, type Result, round } from '../measure.ts'
import { loadReference, type ReferenceSession } from '../../test/interop/reference-negentropy.ts'
import { packagesAtMost, short } from './amount.ts'
import { storeVersion } from './filled-home.ts'
import { cacheFolder } from './ops-file.ts'
import { SEED } from './seed.ts'

const OPS = 1_000_000
const NEW_OPS = 1000
const ROUNDS = 5
const EQUAL_BYTES = 1024
const NEW_BYTES = 60_000
const MOST_ROUNDS = 5
const MOST_CPU_MS = 100
const BATCH = 20_000
/** Five years, the newest last. */
const FIRST_AT = 1_600_000_000
const SPAN_SECONDS = 157_000_000

const idOf = (index: number): Uint8Array => Uint8Array.from(createHash('sha256').update(`${SEED} ${index}`).digest())
const timeOf = (index: number, count: number): number => FIRST_AT + Math.floor((index * SPAN_SECONDS) / count)
const IDENTITY = opIdOfHash(new Uint8Array(32)) as IdentityId
const ROLES: GenesisOp['body'] = { root: { keys: [], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1, nonce: new Uint8Array(16) }
/** As long as a usual op. */
const ENVELOPE = new Uint8Array(600)

/** An op as far as the ordered set looks at it. */
const bareOp = (index: number, count: number): GenesisOp =>
  ({ id: opIdOfHash(idOf(index)), identity: IDENTITY, type: 'genesis', at: timeOf(index, count), seq: 0, signers: new Set(), bytes: ENVELOPE, body: ROLES })

const put = (catalogue: Catalogue, { from, to, count }: { readonly from: number; readonly to: number; readonly count: number }): void => {
  for (let start = from; start < to; start += BATCH) {
    catalogue.transact(() => {
      for (let index = start; index < Math.min(to, start + BATCH); index += 1) catalogue.putOp(bareOp(index, count))
    })
  }
}

/** The path of a catalogue with all ops but the newest thousand; made where it is not there yet. */
const oldCatalogue = async (count: number): Promise<string> => {
  const path = join(await cacheFolder(), `bare-${await storeVersion()}-${count}.db`)
  if (existsSync(path)) return path
  const unfinished = `${path}.${process.pid}`
  {
    using catalogue = openCatalogue(unfinished)
    put(catalogue, { from: 0, to: count - NEW_OPS, count })
  }
  await rename(unfinished, path)
  return path
}

interface Cost {
  readonly bytes: number
  readonly rounds: number
  readonly askerMs: number
  readonly answererMs: number
  readonly found: number
}

const cpuMs = (): number => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000

const ourCost = (asker: OpSet, answerer: OpSet): Cost => {
  let [bytes, rounds, askerMs, answererMs, found] = [0, 0, 0, 0, 0]
  let began = cpuMs()
  let frame: Uint8Array | undefined = openSession(asker)
  askerMs += cpuMs() - began
  while (frame !== undefined) {
    began = cpuMs()
    const answer = answerFrame(answerer, frame).frame
    answererMs += cpuMs() - began
    bytes += frame.length + answer.length
    rounds += 1
    began = cpuMs()
    const progress = readAnswer(asker, answer)
    askerMs += cpuMs() - began
    found += progress.theirs.length
    frame = progress.next
  }
  return { bytes, rounds, askerMs, answererMs, found }
}

type ReferenceCost = Pick<Cost, 'bytes' | 'rounds' | 'found'> & { readonly cpuMs: number }

const referenceCost = async (asker: ReferenceSession, answerer: ReferenceSession): Promise<ReferenceCost> => {
  const began = cpuMs()
  let [bytes, rounds, found] = [0, 0, 0]
  let frame: Uint8Array | null | undefined = await asker.initiate()
  while (frame instanceof Uint8Array) {
    const [answer] = await answerer.reconcile(frame)
    if (answer === null || answer === undefined) throw new Error('the reference does not answer')
    bytes += frame.length + answer.length
    rounds += 1
    const [next, , need] = await asker.reconcile(answer)
    found += need.length
    frame = next
  }
  return { bytes, rounds, found, cpuMs: cpuMs() - began }
}

const referenceOf = async (count: number, to: number): Promise<() => ReferenceSession> => {
  const { Negentropy, NegentropyStorageVector } = await loadReference()
  const set = new NegentropyStorageVector()
  for (let index = 0; index < to; index += 1) set.insert(timeOf(index, count), idOf(index))
  set.seal()
  return () => {
    const session = new Negentropy(set, 0)
    session.wantUint8ArrayOutput = true
    return session
  }
}

/** What it costs to compare two catalogues, beside the reference implementation, which has everything in memory and adds it all up. */
export const reconcile = async (work: string): Promise<Result[]> => {
  const count = packagesAtMost(OPS)
  const [oldPath, newPath] = [join(work, 'old.db'), join(work, 'new.db')]
  for (const path of [oldPath, newPath]) await copyFile(await oldCatalogue(count), path)
  using older = openCatalogue(oldPath)
  using newer = openCatalogue(newPath)
  put(newer, { from: count - NEW_OPS, to: count, count })
  if (newer.measure(WHOLE_SET).count !== count) throw new Error('the catalogue does not hold what it should')
  const [referenceOld, referenceNew] = [await referenceOf(count, count - NEW_OPS), await referenceOf(count, count)]
  const results: Result[] = []
  for (const [name, asker, answerer, goalBytes, reference] of [
    ['nothing differs', newer, newer, EQUAL_BYTES, [referenceNew, referenceNew]],
    [`${NEW_OPS} new ops`, older, newer, NEW_BYTES, [referenceOld, referenceNew]],
  ] as const) {
    const costs = Array.from({ length: ROUNDS }, () => ourCost(asker, answerer))
    const theirs = await referenceCost(reference[0](), reference[1]())
    const [first] = costs
    if (first === undefined || first.found < theirs.found) throw new Error(`${first?.found} ops were found, the reference found ${theirs.found}`)
    const side = Math.max(median(costs.map(({ askerMs }) => askerMs)), median(costs.map(({ answererMs }) => answererMs)))
    const row = (what: string, unit: string, figures: { readonly ours: number; readonly baseline: number; readonly most: number }): Result => ({
      what: `comparing ${short(count)} ops, ${name}: ${what}`, unit, ours: round(figures.ours), baseline: round(figures.baseline),
      baselineName: 'the reference implementation of Negentropy, in memory', ratio: round(figures.ours / figures.baseline),
      goal: `≤ ${figures.most} ${unit}`, pass: figures.ours <= figures.most,
    })
    results.push(
      row('bytes both ways, without the ops', 'bytes', { ours: first.bytes, baseline: theirs.bytes, most: goalBytes }),
      row('round trips', 'round trips', { ours: first.rounds, baseline: theirs.rounds, most: MOST_ROUNDS }),
      row('processor of the side that has more of it', 'ms', { ours: side, baseline: theirs.cpuMs / 2, most: MOST_CPU_MS }),
    )
  }
  return results
}
