import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, readdir, readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { lockHome } from './lock-home.ts'

const temporaryHome = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-lock-'))

const isRunning = (pid: number | undefined) => (error: unknown): boolean =>
  error instanceof GgenError && error.code === 'daemon-already-running' && error.details['pid'] === pid

const HOLDER = `
  import { lockHome } from '#store/disk'
  try {
    await lockHome(process.argv[1])
    process.stdout.write('locked')
  } catch (error) {
    process.stdout.write(String(error.code))
  }
  process.stdin.resume()
`

interface Holder extends AsyncDisposable {
  readonly pid: number | undefined
  /** `locked`, or the code of the error. */
  readonly said: string
}

/** Another process that asks for a home and keeps it until it is disposed: by SIGKILL. */
const startHolder = async (home: string): Promise<Holder> => {
  const child = spawn(process.execPath, ['--conditions=ggen-source', '--input-type=module', '--eval', HOLDER, home], { cwd: import.meta.dirname })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { pid: child.pid, said: said.toString(), [Symbol.asyncDispose]: () => kill(child) }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.signalCode !== null || child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('a home has one process: a second is refused with the id of the first', async () => {
  await using home = await temporaryHome()
  await using holder = await startHolder(home.path)
  assert.equal(holder.said, 'locked')
  await assert.rejects(lockHome(home.path), isRunning(holder.pid))
})

test('asking again in the same process does not loosen the lock', async () => {
  await using home = await temporaryHome()
  await using _lock = await lockHome(home.path)
  await assert.rejects(lockHome(home.path), isRunning(process.pid))
  await using other = await startHolder(home.path)
  assert.equal(other.said, 'daemon-already-running')
})

test('the lock of a killed process is taken over, whatever its file says', async () => {
  await using home = await temporaryHome()
  {
    await using holder = await startHolder(home.path)
    assert.equal(holder.said, 'locked')
  }
  await writeFile(join(home.path, 'lock.pid'), `${process.pid}\n`)
  await using _lock = await lockHome(home.path)
  await assert.rejects(lockHome(home.path), isRunning(process.pid))
})

test('the lock is given back, once, and can be taken again', async () => {
  await using home = await temporaryHome()
  const folder = join(home.path, 'not', 'there', 'yet')
  const lock = await lockHome(folder)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  await assert.rejects(lockHome(folder), isRunning(process.pid))
  await lock[Symbol.asyncDispose]()
  await lock[Symbol.asyncDispose]()
  assert.deepEqual(await readdir(folder), ['lock.db'])
  const again = await lockHome(folder)
  await lock[Symbol.asyncDispose]()
  await assert.rejects(lockHome(folder), isRunning(process.pid), 'an old lock does not open a new one')
  await again[Symbol.asyncDispose]()
})

test('of many that want a home at once exactly one gets it', async () => {
  await using home = await temporaryHome()
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => lockHome(home.path)))
  const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
  assert.equal(locks.length, 1)
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert(isGgenError(outcome.reason, 'daemon-already-running'))
  await locks[0]?.[Symbol.asyncDispose]()
})

test('a refusal knows no process id when the file is missing or is nonsense', async () => {
  await using home = await temporaryHome()
  await using _lock = await lockHome(home.path)
  for (const text of ['', 'abc\n', '-1\n', '123', '12345678901234567890\n']) {
    await writeFile(join(home.path, 'lock.pid'), text)
    await assert.rejects(lockHome(home.path), isRunning(undefined))
  }
  await unlink(join(home.path, 'lock.pid'))
  await assert.rejects(lockHome(home.path), isRunning(undefined))
})

test('a lock file that is damaged, or a home that is a file, is reported', async () => {
  await using home = await temporaryHome()
  await writeFile(join(home.path, 'lock.db'), 'no database at all, though long enough to have a header of one hundred bytes'.repeat(10))
  await assert.rejects(lockHome(home.path), (error) => isGgenError(error, 'store-broken'))
  await assert.rejects(lockHome(join(home.path, 'lock.db')), (error) => isGgenError(error, 'store-broken'))
})

test('nothing is written where a planted link leads', async () => {
  await using home = await temporaryHome()
  const goal = join(home.path, 'goal')
  await writeFile(goal, 'mine')
  await symlink(goal, join(home.path, 'lock.pid'))
  {
    await using _lock = await lockHome(home.path)
    await assert.rejects(lockHome(home.path), isRunning(process.pid))
  }
  await unlink(join(home.path, 'lock.db'))
  for (const leadsTo of [goal, join(home.path, 'nothing')]) {
    await symlink(leadsTo, join(home.path, 'lock.db'))
    await assert.rejects(lockHome(home.path), (error) => isGgenError(error, 'home-insecure') && error.details['path'] === join(home.path, 'lock.db'))
    await unlink(join(home.path, 'lock.db'))
  }
  assert.equal(await readFile(goal, 'utf8'), 'mine')
  assert.deepEqual(await readdir(home.path), ['goal'])
})
