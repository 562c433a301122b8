import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Op } from '#core'
import { indexPackages, PackageLedgers } from '#flow/verify'
import { openCatalogue } from '#store/disk'
import { reopenOp } from '#trust'
import { cacheFolder, momentBefore, opsFile, readOps } from './ops-file.ts'

/** Which ops a home shall have. */
export interface Filling {
  readonly seed: number
  /** Of packages. */
  readonly count: number
  /** Leaves out so many ops, those that were signed last. */
  readonly without?: number
}

const BATCH_OPS = 5000
const SOURCES = join(import.meta.dirname, '..', '..', 'src')

/** Changes whenever a catalogue might be laid out in another way. */
export const storeVersion = async (): Promise<string> => {
  const hash = createHash('sha256')
  for (const folder of ['store', join('store', 'disk'), join('flow', 'verify')]) {
    const files = (await readdir(join(SOURCES, folder))).filter((file) => file.endsWith('.ts') && !/\.(?:test|conformance)\.ts$/.test(file)).sort()
    for (const file of files) hash.update(await readFile(join(SOURCES, folder, file)))
  }
  return hash.digest('hex').slice(0, 12)
}

async function* batches(path: string, before: number): AsyncGenerator<readonly Op[]> {
  let batch: Op[] = []
  for await (const envelope of readOps(path)) {
    const op = reopenOp(envelope)
    if (op.at >= before) continue
    batch.push(op)
    if (batch.length < BATCH_OPS) continue
    yield batch
    batch = []
  }
  yield batch
}

/** Puts the ops in without checking their signatures, which a node would do: they were made here. What search shows is made as a node makes it. */
const fill = async (path: string, ops: string, before: number): Promise<void> => {
  using catalogue = openCatalogue(path)
  const ledgers = new PackageLedgers(catalogue, reopenOp)
  for await (const batch of batches(ops, before)) {
    catalogue.transact(() => {
      const touched = new Map<string, Op>()
      for (const op of batch) {
        catalogue.putOp(op)
        ledgers.put(op)
        if ('feed' in op) touched.set(`${op.identity} ${op.body.name}`, op)
      }
      for (const op of touched.values()) if ('feed' in op) indexPackages(catalogue, { identity: op.identity, names: [op.body.name], ledgers }, op.at)
    })
  }
}

/** The path of a catalogue that holds what the filling says; made where it is not there yet. Copy it: a node would change it. */
export const filledCatalogue = async ({ seed, count, without = 0 }: Filling): Promise<string> => {
  const path = join(await cacheFolder(), `catalogue-${await storeVersion()}-${seed}-${count}-${without}.db`)
  if (existsSync(path)) return path
  const ops = await opsFile(seed, count)
  const unfinished = `${path}.${process.pid}`
  await fill(unfinished, ops, without === 0 ? Infinity : await momentBefore(ops, without))
  await rename(unfinished, path)
  return path
}

/** Makes a node's home that holds so much when the node starts. */
export const fillHome = async (home: string, filling: Filling): Promise<void> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await copyFile(await filledCatalogue(filling), join(home, 'catalogue.db'))
}
