import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const ROOT = join(import.meta.dirname, '..', '..')

/** The program as users start it; `npm test` and benchmarks start one that was built. */
export const launcher = (): string => process.env['GGEN_LAUNCHER'] ?? join(ROOT, 'bin', 'ggen.mjs')

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The one JSON value on stdout. */
  json<T = Record<string, unknown>>(): T
}

/**
 * What an operator can set. By default the only publisher of a name is taken, no domain is asked, and new versions come at once: most tests are about
 * something else.
 */
const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const environment = (home: string, env: NodeJS.ProcessEnv = TRUSTING): NodeJS.ProcessEnv =>
  ({ ...process.env, ...env, GGEN_HOME: home, NO_COLOR: '1', NODE_OPTIONS: '' })

/** A home folder, and what is set in the environment besides. */
export interface Machine {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Where commands are typed; absent: where the tests run. */
  readonly cwd?: string
}

const environmentOf = (machine: string | Machine): NodeJS.ProcessEnv =>
  typeof machine === 'string' ? environment(machine) : { ...environment(machine.home), ...machine.env }

/** A `ggen` command that is under way, as a process of its own. */
export interface RunningCommand {
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Finished>
  /** As Ctrl-C. */
  interrupt(): void
  /** SIGKILL. */
  kill(): void
}

/** Starts one `ggen` command. */
export const startGgen = (machine: string | Machine, ...args: readonly string[]): RunningCommand => {
  const cwd = typeof machine === 'string' ? undefined : machine.cwd
  const child = spawn(process.execPath, [launcher(), ...args], { env: environmentOf(machine), cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString()
  const finish = async (): Promise<Finished> => {
    const [code] = (await once(child, 'close')) as [number | null]
    const [out, err] = [textOf(stdout), textOf(stderr)]
    return {
      code: code ?? -1,
      stdout: out,
      stderr: err,
      json: <T>() => {
        try {
          return JSON.parse(out) as T
        } catch (error) {
          throw new Error(`ggen ${args.join(' ')} printed no JSON (exit ${code}): ${out}${err}`, { cause: error })
        }
      },
    }
  }
  const send = (signal: NodeJS.Signals): void => void child.kill(signal)
  return { stdout: () => textOf(stdout), stderr: () => textOf(stderr), ended: finish(), interrupt: () => send('SIGINT'), kill: () => send('SIGKILL') }
}

/** Runs one `ggen` command to its end. */
export const ggen = (machine: string | Machine, ...args: readonly string[]): Promise<Finished> => startGgen(machine, ...args).ended

export interface RunningNode extends AsyncDisposable {
  readonly home: string
  readonly pid: number
  readonly peerId: string
  /** Every address with `/p2p/<peer id>`. */
  readonly addresses: readonly string[]
  /** Milliseconds from the start of the process to its ready line. */
  readonly readyMs: number
  /** Events printed so far. */
  readonly events: readonly Record<string, unknown>[]
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
  /** SIGINT, and waits; resolves to the exit code. */
  interrupt(): Promise<number | null>
}

export interface NodeOptions {
  readonly home: string
  readonly bootstrap?: readonly string[]
  readonly listen?: string
  readonly more?: readonly string[]
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[]
  /** Instead of an operator who trusts everybody. */
  readonly env?: NodeJS.ProcessEnv
}

/** Starts a node as a process of its own and waits for its ready line. Without `more`, mDNS is off. */
export const startNode = async (options: NodeOptions): Promise<RunningNode> => {
  const { bootstrap = [], listen = '/ip4/127.0.0.1/tcp/0', more = ['--no-mdns'] } = options
  return await startWith(['p2p', 'start', '--json', '--listen', listen, ...bootstrap.flatMap((address) => ['--bootstrap', address]), ...more], options)
}

export interface RunningCentral extends RunningNode {
  /** Where it answers HTTP. */
  readonly url: string
}

/** Starts a central registry as a process of its own; `more` are further arguments. */
export const startCentral = async ({ more = [], ...options }: Pick<NodeOptions, 'home' | 'more' | 'nodeArgs'>): Promise<RunningCentral> =>
  (await startWith(['registry', 'serve', '--json', '--no-mdns', ...more], options)) as RunningCentral

const startWith = async (args: readonly string[], { home, nodeArgs = [], env }: Pick<NodeOptions, 'home' | 'nodeArgs' | 'env'>): Promise<RunningNode> => {
  const began = performance.now()
  const child = spawn(process.execPath, [...nodeArgs, launcher(), ...args], { env: environment(home, env), stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const events: Record<string, unknown>[] = []
  const { promise: ready, resolve, reject } = Promise.withResolvers<{ peerId: string; addresses: string[]; url?: string }>()
  let first = true
  createInterface({ input: child.stdout }).on('line', (line) => {
    const value = JSON.parse(line) as Record<string, unknown>
    if (!first) events.push(value)
    else if ('peerId' in value) resolve(value as { peerId: string; addresses: string[]; url?: string })
    else reject(new Error(`the node said ${line}`))
    first = false
  })
  child.once('exit', (code) => reject(new Error(`the node ended with ${code}: ${Buffer.concat(errors).toString()}`)))
  const { peerId, addresses, url } = await ready
  const readyMs = performance.now() - began
  return {
    home, peerId, addresses, events, readyMs, pid: child.pid ?? -1, ...(url !== undefined && { url }),
    kill: () => end(child, 'SIGKILL').then(() => undefined),
    interrupt: () => end(child, 'SIGINT'),
    [Symbol.asyncDispose]: () => end(child, 'SIGKILL').then(() => undefined),
  }
}

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit') as Promise<[number | null]>
  child.kill(signal)
  const [code] = await exited
  return code
}
