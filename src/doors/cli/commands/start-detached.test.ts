import assert from 'node:assert/strict'
import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ErrorCode, isGgenError } from '#core'
import type { Flags, Variables } from '#config'
import { temporaryFolder, until } from '#testing'
import { createContext, type WatchFetch } from './context.ts'
import { Deadline } from './deadline.ts'
import { isProcessAlive } from './is-process-alive.ts'
import { startDetached } from './start-detached.ts'
import type { NodeReady, World } from './world.ts'

const watchFetch: WatchFetch = (_name, fetch) => fetch()
const READY = `console.log(JSON.stringify({ peerId: 'p', addresses: process.argv.slice(1), home: process.env.GGEN_HOME, pid: process.pid }))`

interface Trial {
  readonly home: string
  /** What the "node" does. */
  readonly script: string
  readonly flags?: Flags
  readonly seconds?: number
  readonly interrupted?: AbortSignal
  readonly env?: Variables
}

const detach = async ({ home, script, flags = {}, seconds = 60, interrupted = new AbortController().signal, env = {} }: Trial): Promise<NodeReady> => {
  const platform = { os: process.platform, userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 }
  const environment = { env: { ...process.env, ...env, GGEN_HOME: home }, dotGgen: false, platform, readConfigFile: async () => undefined }
  using deadline = new Deadline(interrupted, seconds)
  const world = { launcher: [process.execPath, '-e', script, '--'] } as unknown as World
  const context = createContext(world, environment, { deadline, print: () => undefined, show: () => undefined, say: () => undefined, watchFetch })
  return await startDetached({ flags, timeoutSeconds: 5 }, context)
}

const fails = (trial: Trial, code: ErrorCode, message: RegExp): Promise<void> =>
  assert.rejects(detach(trial), (error) => isGgenError(error, code) && message.test(error.message))

const lastPid = async (home: string): Promise<number> =>
  until('the process has said who it is', async () => Number(/pid (\d+)\n/.exec(await readFile(join(home, 'node.log'), 'utf8'))?.[1] ?? '0') || undefined)

describe('startDetached', () => {
  it('leaves a process behind that is ready, outlives its starter\'s interest and writes to a private log', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'home')
    const flags = { listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: ['/a', '/b'], mdns: false, network: 'n', light: true, bulkPort: 'off', controlPort: '4003' }
    const ready = await detach({ home, flags, script: `console.error('a remark'); ${READY}; setInterval(() => undefined, 1000)` })
    assert.ok(isProcessAlive(ready.pid))
    process.kill(ready.pid)
    await until('it has ended', () => !isProcessAlive(ready.pid))
    assert.equal(ready.home, home)
    assert.deepEqual(ready.addresses, [
      'p2p', 'start', '--json', '--timeout', '5', '--listen', '/ip4/127.0.0.1/tcp/0',
      '--bootstrap', '/a', '--bootstrap', '/b', '--no-mdns', '--network', 'n', '--light', '--bulk-port', 'off', '--control-port', '4003',
    ])
    assert.equal((await stat(join(home, 'node.log'))).mode & 0o777, 0o600)
    assert.equal((await stat(home)).mode & 0o777, 0o700)
  })

  it('gives the node everything of the environment but the passphrase of the keys, and a socket that is not for it', async () => {
    await using folder = await temporaryFolder()
    const seen = ['GGEN_PASSPHRASE', 'LISTEN_FDS', 'GGEN_OTHER'].map((name) => `process.env.${name}`).join()
    const script = `console.log(JSON.stringify({ peerId: 'p', addresses: [${seen}], home: '', pid: 1 }))`
    const ready = await detach({ home: folder.path, script, env: { GGEN_PASSPHRASE: 'secret', LISTEN_FDS: '1', LISTEN_PID: '1', GGEN_OTHER: 'other' } })
    assert.deepEqual(ready.addresses, [null, null, 'other'])
  })

  it('throws what the node reported, and what an earlier node said does not count', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await writeFile(join(home, 'node.log'), '{"peerId":"old"}\n{"error":{"code":"timeout","message":"old"}}\n')
    const error = `console.log(JSON.stringify({ error: { code: 'port-in-use', message: 'taken' } })); process.exitCode = 1`
    await fails({ home, script: error }, 'port-in-use', /taken/)
    await fails({ home, script: 'process.exitCode = 3' }, 'internal', /code 3/)
    await fails({ home, script: `console.log('{"half'); process.kill(process.pid)` }, 'internal', /SIGTERM/)
  })

  it('ends the process when time is over or the user interrupts', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    const script = `console.log('pid ' + process.pid); setInterval(() => undefined, 1000)`
    const controller = new AbortController()
    const waiting = fails({ home, script, interrupted: controller.signal }, 'cancelled', /interrupted/)
    const pid = await until('the log is there', () => lastPid(home).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    }))
    controller.abort()
    await waiting
    await until('it has ended', () => !isProcessAlive(pid))
    await fails({ home, script, seconds: 0.2 }, 'timeout', /0\.2 s/)
  })

  it('keeps one older log when the log has grown', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await writeFile(join(home, 'node.log'), 'old\n')
    await truncate(join(home, 'node.log'), 10 * 1024 * 1024 + 1)
    await detach({ home, script: READY })
    assert.equal((await stat(join(home, 'node.log.1'))).size, 10 * 1024 * 1024 + 1)
    assert.match(await readFile(join(home, 'node.log'), 'utf8'), /^\{"peerId"/)
  })

  it('says so when the program cannot be started', async () => {
    await using folder = await temporaryFolder()
    const world = { launcher: [join(folder.path, 'missing')] } as unknown as World
    const platform = { os: process.platform, userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 }
    const environment = { env: { GGEN_HOME: folder.path }, dotGgen: false, platform, readConfigFile: async () => undefined }
    using deadline = new Deadline(new AbortController().signal, 60)
    const said: string[] = []
    const context = createContext(world, environment, { deadline, print: () => undefined, show: () => undefined, say: (line) => said.push(line), watchFetch })
    await assert.rejects(startDetached({ flags: {}, timeoutSeconds: 5 }, context), (error) => isGgenError(error, 'internal') && /ENOENT/.test(error.message))
    assert.equal(said.length, 1)
  })
})
