import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { digestOf, type OpId, opIdOfHash, parseDigest } from '#core'
import { type BlobStore, type Catalogue, type TrustStore, WHOLE_SET } from '#store'
import { lockHome, openCatalogue, openDiskBlobs, openTrustStore } from '#store/disk'
import { assertRightBlobs, assertSoundDatabase, temporaryFolder } from '#testing'
import { arrivingBytes } from './arriving-bytes.ts'

const KILLS = 30
const MOST_PROMISES = 20
/** Turns of the event loop between a promise and the kill, so that it does not always come in the step behind a promise. */
const MOST_TURNS = 500

const random = (below: number): number => Math.floor(Math.random() * below)

const killLater = async (child: ChildProcess): Promise<void> => {
  for (let turns = random(MOST_TURNS); turns > 0; turns -= 1) await new Promise(setImmediate)
  child.kill('SIGKILL')
}

/** Starts the writer, kills it after some promises, and gives all that it said. */
const killWriter = async (home: string, promises: number): Promise<string[]> => {
  const writer = join(import.meta.dirname, 'crash-writer.ts')
  const child = spawn(process.execPath, ['--conditions=ggen-source', writer, home], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const said: string[] = []
  let killed: Promise<void> | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (said.length === promises) killed = killLater(child)
  }
  const [code, signal] = await exited
  await killed
  assert.deepEqual([code, signal], [null, 'SIGKILL'], 'the writer ended by itself')
  return said
}

interface Stores {
  readonly home: string
  readonly blobs: BlobStore
  readonly catalogue: Catalogue
  readonly trust: TrustStore
}

const CHECKS: Record<string, (stores: Stores, name: string) => Promise<void> | void> = {
  blob: async ({ blobs }, name) => {
    const digest = parseDigest(name)
    assert.equal(digestOf(Buffer.concat(await Array.fromAsync(blobs.stream(digest)))), digest)
  },
  part: async ({ blobs }, label) => {
    const bytes = arrivingBytes(label)
    if ((await blobs.size(digestOf(bytes))) !== undefined) return
    await using partial = await blobs.partial(digestOf(bytes), bytes.length)
    assert(partial.isResumed, `the partial blob ${label} was begun`)
    const first = await partial.read({ offset: 0, length: 20_000 })
    assert.equal(Buffer.compare(first, bytes.subarray(0, 20_000)), 0)
    await partial.confirm(0, first)
    await partial.write(20_000, [bytes.subarray(20_000)])
    await partial.seal()
  },
  intent: ({ trust }, name) => {
    const isKept = trust.intent(name as OpId) !== undefined || isOwn(trust, name)
    assert(isKept, `the intent ${name} was promised`)
  },
  own: ({ trust }, name) => assert(isOwn(trust, name), `the own op ${name} was promised`),
  op: ({ catalogue }, name) => assert.equal(Buffer.from(catalogue.opBytes(name as OpId) ?? []).toString(), `envelope of ${name}`),
}

const isOwn = (trust: TrustStore, id: string): boolean => trust.ownOps().some((bytes) => Buffer.from(bytes).toString() === `envelope of ${id}`)

/** What holds after every crash, whatever was promised. */
const checkWhole = async ({ home, blobs, catalogue, trust }: Stores): Promise<void> => {
  const { ops } = catalogue.counts()
  const entries = catalogue.newestEntries(1000)
  const places = catalogue.placesIn(WHOLE_SET, ops + 1)
  assert.deepEqual(entries.map(({ op }) => op).sort(), places.map(({ hash }) => opIdOfHash(hash)).sort(), 'each op has its entry')
  for (const { digest } of entries) assert.notEqual(await blobs.size(digest), undefined, 'each op has its blob')
  for (const { state, id } of trust.intents()) assert.equal(isOwn(trust, id), state === 'signed', 'each signed intent has its op')
  assert.deepEqual(await readdir(join(home, 'blobs', 'tmp')), [])
}

const checkHome = async (home: string, promises: readonly string[]): Promise<void> => {
  {
    await using _lock = await lockHome(home)
    await using blobs = await openDiskBlobs(join(home, 'blobs'))
    using catalogue = openCatalogue(join(home, 'catalogue.db'))
    using trust = openTrustStore(join(home, 'trust.db'))
    assert.equal(catalogue.rebuilt, false)
    const stores = { home, blobs, catalogue, trust }
    for (const promise of promises) {
      const [what = '', name = ''] = promise.split(' ')
      await CHECKS[what]?.(stores, name)
    }
    await checkWhole(stores)
  }
  for (const name of ['catalogue.db', 'trust.db']) assertSoundDatabase(join(home, name))
}

test(`nothing that was promised is lost in ${KILLS} kills at any moment`, async () => {
  await using home = await temporaryFolder()
  const promised: string[] = []
  for (let round = 0; round < KILLS; round += 1) {
    const said = await killWriter(home.path, 1 + random(MOST_PROMISES))
    promised.push(...said)
    await checkHome(home.path, said)
  }
  assert(promised.length >= KILLS)
  assert.deepEqual(new Set(promised.map((promise) => promise.split(' ')[0])), new Set(Object.keys(CHECKS)))
  await checkHome(home.path, promised)
  await assertRightBlobs(home.path)
})
