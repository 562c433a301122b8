import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtempDisposable, readdir, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { lockFile } from './file-lock.ts'

const temporary = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-lock-'))
const isBusy = (error: unknown): boolean => isGgenError(error, 'too-busy')

test('one has the lock, until it is disposed', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'lock')
  const first = await lockFile(path, 'hint')
  await assert.rejects(lockFile(path, 'hint'), isBusy)
  first[Symbol.dispose]()
  using _second = await lockFile(path, 'hint')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('a process that is killed gives its lock back', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'lock')
  const script = `const { lockFile } = await import(${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))})
    const lock = await lockFile(${JSON.stringify(path)}, 'hint'); console.log('locked'); setInterval(() => lock, 1000)`
  const child = spawn(process.execPath, ['--conditions=ggen-source', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await assert.rejects(lockFile(path, 'hint'), isBusy)
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  using _lock = await lockFile(path, 'hint')
})

test('something in the way is a coded error', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'lock')
  await mkdir(path)
  await assert.rejects(lockFile(path, 'do this'), (error) => isGgenError(error, 'store-broken') && error.hint === 'do this')
})

test('a link is no lock: nothing is made where it leads', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'lock')
  await symlink(join(folder.path, 'elsewhere'), path)
  await assert.rejects(lockFile(path, 'hint'), (error) => isGgenError(error, 'home-insecure') && error.details['path'] === path)
  assert.deepEqual(await readdir(folder.path), ['lock'])
})
