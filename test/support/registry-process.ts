import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ggen, launcher } from './processes.ts'

export interface RunningRegistry extends AsyncDisposable {
  readonly url: string
  readonly home: string
  /** Lets whoever has it publish anything. */
  readonly token: string
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
}

/** Makes a token for a registry, whether it runs or not; its home folder need not be there. */
export const makeToken = async (home: string): Promise<string> => {
  const created = await ggen(home, 'registry', 'token', 'create', '--names', '*', '--json')
  if (created.code !== 0) throw new Error(`no token was made: ${created.stdout}${created.stderr}`)
  return created.json<{ token: string }>().token
}

/** Starts `ggen registry serve` as a process of its own, a node of no network, and makes a token. */
export const startRegistry = async (home: string, listen = '127.0.0.1:0'): Promise<RunningRegistry> => {
  const token = await makeToken(home)
  const args = ['registry', 'serve', '--listen', listen, '--no-network', '--json']
  const env = { ...process.env, GGEN_HOME: home, NO_COLOR: '1', NODE_OPTIONS: '' }
  const child = spawn(process.execPath, [launcher(), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const { promise: ready, resolve, reject } = Promise.withResolvers<{ readonly url: string }>()
  createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as { url: string }))
  child.once('exit', (code) => reject(new Error(`the registry ended with ${code}: ${Buffer.concat(errors).toString()}`)))
  const { url } = await ready
  return { url, home, token, kill: () => end(child), [Symbol.asyncDispose]: () => end(child) }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
