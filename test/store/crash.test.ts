import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { assertRightBlobs, rounds, temporaryFolder } from '#testing'
import { checkHome, KINDS } from './kept-promises.ts'

const KILLS = rounds(12, 30)
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
    if (!KINDS.includes(line.split(' ')[0] ?? '')) continue
    said.push(line)
    if (said.length === promises) killed = killLater(child)
  }
  const [code, signal] = await exited
  await killed
  assert.deepEqual([code, signal], [null, 'SIGKILL'], 'the writer ended by itself')
  return said
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
  assert.deepEqual(new Set(promised.map((promise) => promise.split(' ')[0])), new Set(KINDS))
  await checkHome(home.path, promised)
  await assertRightBlobs(home.path)
})
