import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { ggen, launcher, temporaryFolder } from '#testing'

const UNITS = join(import.meta.dirname, '..', '..', 'deploy', 'systemd')
const SYSTEMD = '/usr/bin/systemd-analyze'
const skip = process.platform === 'win32' && 'there is no systemd'

interface Started {
  readonly home: string
  /** Of the socket that the node was given. */
  readonly port: number
  readonly ready: Promise<unknown>
}

/** Starts a node as systemd does: with a socket that listens already as descriptor 3, and its own process id in `LISTEN_PID`, or what is said instead. */
const startAsSystemd = async (context: TestContext, listenPid: '$$' | '1'): Promise<Started> => {
  const folder = await temporaryFolder()
  const home = join(folder.path, 'home')
  await mkdir(home, { mode: 0o700 })
  const npmrc = join(home, 'npmrc')
  await writeFile(npmrc, 'registry=http://127.0.0.1:1/\n')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle
  const node = [process.execPath, launcher(), 'p2p', 'start', '--json', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--bulk-port', 'off']
  const child = spawn('sh', ['-c', `LISTEN_PID=${listenPid} exec "$0" "$@"`, ...node], {
    env: { ...process.env, NODE_OPTIONS: '', GGEN_HOME: home, LISTEN_FDS: '1', npm_config_userconfig: npmrc },
    stdio: ['ignore', 'pipe', 'pipe', fd],
  })
  // The child has its own copy: from now on nobody but it can take what comes.
  server.close()
  context.after(async () => {
    await end(child)
    await folder[Symbol.asyncDispose]()
  })
  const said: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk))
  const lines = createInterface({ input: child.stdout ?? assert.fail() })
  const ended = once(child, 'exit').then(() => assert.fail(`the node ended: ${Buffer.concat(said).toString()}`))
  const ready = Promise.race([once(lines, 'line'), ended])
  void Promise.allSettled([ready, ended])
  return { home, port, ready }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const urlOf = async (home: string): Promise<string> => (await ggen(home, 'npm', '--json')).json<{ readonly url: string }>().url

describe('A node that systemd has a socket for', { skip }, () => {
  it('answers what was asked before it was up', async (context) => {
    const { home, port, ready } = await startAsSystemd(context, '$$')
    const early = fetch(`http://127.0.0.1:${port}/npm/-/ping`)
    await ready
    assert.equal((await early).status, 200)
    assert.equal(await urlOf(home), `http://127.0.0.1:${port}/npm/`)
  })

  it('listens by itself where the socket is for another process', async (context) => {
    const { home, port, ready } = await startAsSystemd(context, '1')
    await ready
    const url = await urlOf(home)
    assert.notEqual(url, `http://127.0.0.1:${port}/npm/`)
    assert.equal((await fetch(`${url}-/ping`)).status, 200)
  })

  it('is described by units that systemd finds nothing wrong with', { skip: !existsSync(SYSTEMD) && 'systemd-analyze is not here' }, async (context) => {
    const folder = await temporaryFolder()
    context.after(() => folder[Symbol.asyncDispose]())
    for (const name of ['ggen.socket', 'ggen.service']) await copyFile(join(UNITS, name), join(folder.path, name))
    const units = ['ggen.socket', 'ggen.service'].map((name) => join(folder.path, name))
    const env = { ...process.env, XDG_RUNTIME_DIR: folder.path }
    const { stdout, stderr } = await promisify(execFile)(SYSTEMD, ['verify', '--user', '--recursive-errors=no', ...units], { env })
    assert.equal(`${stdout}${stderr}`, '')
  })

  it('is told by its units to listen where package managers are told to ask', async () => {
    assert.match(await readFile(join(UNITS, 'ggen.socket'), 'utf8'), /^ListenStream=127\.0\.0\.1:4003$/m)
    assert.match(await readFile(join(UNITS, 'ggen.service'), 'utf8'), /^ExecStart=\/usr\/bin\/env ggen p2p start --json$/m)
  })
})
