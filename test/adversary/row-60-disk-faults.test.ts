import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { suite, test, type TestContext } from 'node:test'
import { type OpId, toGgenError } from '#core'
import { controlClient } from '#doors/control'
import { openCatalogue, openTrustStore } from '#store/disk'
import { reopenOp } from '#trust'
import {
  assertSoundHome, type CallFault, hasStrace, injectFault, isLongRun, type RunningNode, signed, smallPackage, startNode, straceArgs, temporaryFolder,
  until, writeTree,
} from '#testing'
import { publishTo, testIdentity } from '../faults/publish.ts'
import { checkHome, KINDS } from '../store/kept-promises.ts'

const TIMEOUT_MS = 3 * 60 * 60_000
const WRITER = join(import.meta.dirname, '..', 'store', 'crash-writer.ts')
const ROUNDS = 8
/** Calls that fail, one after the other. */
const TIMES = 4
/** What a disk that is full or broken may be called, and nothing else. */
const CODES = new Set(['disk-full', 'store-broken'])

const never = new AbortController().signal

type Kind = Pick<CallFault, 'call' | 'error'>

/** Each with the first calls of a thread that are made to fail in the gate: those that open a home, and those that write to it. */
const FAULTS: readonly (readonly [Kind, readonly number[]])[] = [
  [{ call: 'fsync', error: 'EIO' }, [1, 12, 31]],
  [{ call: 'fsync', error: 'ENOSPC' }, [9]],
  [{ call: 'pwrite64', error: 'ENOSPC' }, [9, 170]],
  [{ call: 'pwrite64', error: 'EIO' }, [30, 100]],
  [{ call: 'pwritev', error: 'EIO' }, [2]],
  [{ call: 'ftruncate', error: 'ENOSPC' }, [1, 3]],
  [{ call: 'rename', error: 'EIO' }, [1, 4]],
  [{ call: 'write', error: 'ENOSPC' }, [40]],
  [{ call: 'write', error: 'EIO' }, [12]],
  [{ call: 'openat', error: 'EMFILE' }, [40, 130]],
]

const everyFault = (): readonly CallFault[] =>
  FAULTS.flatMap(([kind, places]) => (isLongRun ? Array.from({ length: 200 }, (_, index) => index + 1) : places).map((nth) => ({ ...kind, nth, times: TIMES })))

/** Node itself needs these: without them it may end at any place, as if it had been killed. */
const endsNode = ({ call }: CallFault): boolean => call === 'write' || call === 'openat'

interface Said {
  readonly lines: readonly string[]
  readonly errors: string
}

const runWriter = async (home: string, fault: CallFault): Promise<Said> => {
  const writer = [process.execPath, '--conditions=ggen-source', WRITER, home, String(ROUNDS)]
  const child = spawn('strace', [...straceArgs(fault), ...writer], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
  const exited = once(child, 'close')
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const lines = await Array.fromAsync(createInterface({ input: child.stdout }))
  await exited
  return { lines, errors: Buffer.concat(errors).toString() }
}

interface Outcome {
  readonly promises: number
  readonly failures: number
  readonly isCut: boolean
}

/** The writer meets the fault, and what it promised is looked after when the fault is over. */
const meet = async (fault: CallFault): Promise<Outcome> => {
  await using home = await temporaryFolder()
  const { lines, errors } = await runWriter(home.path, fault)
  const name = `${fault.call} ${fault.error} from call ${fault.nth} on`
  const ofKind = (kind: string): string[] => lines.flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []))
  const failures = ofKind('failed')
  assert.deepEqual(failures.filter((code) => !CODES.has(code)), [], name)
  const isCut = lines.length === 0 || (ofKind('round').length + failures.length < ROUNDS && failures.length === 0)
  assert.ok(!isCut || endsNode(fault), `${name}: ${errors}`)
  const isOpened = ofKind('round').length + failures.length >= ROUNDS
  if (isOpened && failures.length > 0) assert.ok(ofKind('round').length > 0, `${name}: it never went on`)
  const promises = lines.filter((line) => KINDS.includes(line.split(' ')[0] ?? ''))
  await checkHome(home.path, promises)
  return { promises: promises.length, failures: failures.length, isCut }
}

suite('a disk that fails, as the operating system would say it', { skip: hasStrace() ? false : 'strace is not installed' }, () => {
  test('the stores promise nothing that is not there, say disk-full or store-broken, and go on when it is over', { timeout: TIMEOUT_MS }, async (t) => {
    const waiting = [...everyFault()]
    const outcomes: Outcome[] = []
    const work = async (): Promise<void> => {
      for (let fault = waiting.pop(); fault !== undefined; fault = waiting.pop()) outcomes.push(await meet(fault))
    }
    await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work))
    const sum = (what: 'promises' | 'failures'): number => outcomes.reduce((total, outcome) => total + outcome[what], 0)
    const cut = outcomes.filter(({ isCut }) => isCut).length
    t.diagnostic(`${outcomes.length} faults: ${sum('promises')} promises kept, ${sum('failures')} failures, all typed; ${cut} ended the process`)
    assert.ok(sum('failures') >= outcomes.length / 2, 'most faults were met')
    assert.ok(sum('promises') > outcomes.length)
  })

  test('a running node acknowledges nothing that is not there, lives through it, and publishes when it is over', { timeout: TIMEOUT_MS }, nodeMeetsFaults)
})

const NODE_FAULTS: readonly CallFault[] = [
  { call: 'fsync', error: 'EIO', nth: 1 },
  { call: 'fsync', error: 'EIO', nth: 2 },
  { call: 'fsync', error: 'ENOSPC', nth: 3 },
  { call: 'pwrite64', error: 'ENOSPC', nth: 1 },
  { call: 'pwrite64', error: 'EIO', nth: 4 },
  { call: 'pwrite64', error: 'ENOSPC', nth: 9 },
  { call: 'ftruncate', error: 'ENOSPC', nth: 1 },
  { call: 'rename', error: 'EIO', nth: 1 },
  { call: 'openat', error: 'EMFILE', nth: 1 },
  { call: 'openat', error: 'EMFILE', nth: 3 },
]

async function nodeMeetsFaults(t: TestContext): Promise<void> {
  await using work = await temporaryFolder()
  await using witness = await startWitness(work.path)
  const home = await newHome(join(work.path, 'faulty'))
  const acknowledged = new Map<string, OpId>()
  const codes: string[] = []
  let early = 0
  {
    await using node = await startNode({ home, bootstrap: witness.addresses })
    for (const [index, fault] of (isLongRun ? Array.from({ length: 20 }, () => NODE_FAULTS).flat() : NODE_FAULTS).entries()) {
      const met = await nodeMeets(node, fault, { index, folder: work.path })
      if (met === undefined) return t.skip('nobody may attach to a process here')
      acknowledged.set(`package@1.0.${index}`, met.op)
      codes.push(...met.codes)
      early += Number(met.isEarly)
    }
    const heard = async (): Promise<number> => (await controlClient(join(witness.home, 'ggen.sock')).status(never)).releases
    await until('the witness has heard of every release', async () => (await heard()) >= acknowledged.size)
  }
  t.diagnostic(`${acknowledged.size} faults: ${codes.length} failures, all typed; ${early} publishes were acknowledged in spite of one`)
  assert.ok(codes.length >= acknowledged.size / 2, 'most faults were met')
  await using again = await startNode({ home })
  for (const [spec, op] of acknowledged) assert.equal(signed(await controlClient(join(again.home, 'ggen.sock')).info(spec, never)).op, op, spec)
  await again.interrupt()
  await witness.interrupt()
  await assertSoundHome(home)
  assertOneOpAPlace(home, acknowledged.size)
  assertOneOpAPlace(witness.home, acknowledged.size)
}

const newHome = async (path: string): Promise<string> => {
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, 'config.toml'), '[p2p]\nsync_every = 1\n')
  return path
}

const startWitness = async (folder: string): Promise<RunningNode> => startNode({ home: await newHome(join(folder, 'witness')) })

interface Met {
  /** Under which the release stands in the end. */
  readonly op: OpId
  readonly codes: readonly string[]
  /** It was acknowledged while calls failed. */
  readonly isEarly: boolean
}

/** Publishes while calls fail, and again when they do not: what was acknowledged must be the same. */
const nodeMeets = async (node: RunningNode, fault: CallFault, { index, folder }: { index: number; folder: string }): Promise<Met | undefined> => {
  const socketPath = join(node.home, 'ggen.sock')
  const publisher = testIdentity('faulty')
  const path = await writeTree(join(folder, `source-${index}`), smallPackage('package', `1.0.${index}`))
  const codes: string[] = []
  let early: OpId | undefined
  {
    await using injected = await injectFault(node.pid, fault)
    if (injected === undefined) return undefined
    try {
      early = await publishTo(socketPath, publisher, path)
    } catch (error) {
      codes.push(toGgenError(error).code)
    }
  }
  assert.deepEqual(codes.filter((code) => !CODES.has(code)), [], `${fault.call} ${fault.error} from call ${fault.nth} on`)
  const op = await publishTo(socketPath, publisher, path)
  if (early !== undefined) assert.equal(op, early)
  return { op, codes, isEarly: early !== undefined }
}

const assertOneOpAPlace = (home: string, places: number): void => {
  using catalogue = openCatalogue(join(home, 'catalogue.db'))
  using trust = openTrustStore(join(home, 'trust.db'))
  const claims = new Map<string, Set<OpId>>()
  for (const op of [...catalogue.arrivals(0, 100_000).envelopes, ...trust.ownOps()].map(reopenOp)) {
    if (op.type === 'release') claims.set(`${op.feed} ${op.seq}`, (claims.get(`${op.feed} ${op.seq}`) ?? new Set()).add(op.id))
  }
  assert.equal(claims.size, places)
  for (const [place, ops] of claims) assert.equal(ops.size, 1, `two different records at ${place}`)
}
