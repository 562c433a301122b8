import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { GgenError } from '#core'
import { type Flags, type Variables, withoutPassphrase } from '#config'
import { reviveError } from '#doors/control'
import type { Context } from './context.ts'
import type { NodeReady } from './world.ts'

export interface DetachOptions {
  readonly flags: Flags
  readonly timeoutSeconds: number
}

const LOG_BYTES = 10 * 1024 * 1024
const FIRST_WORDS_BYTES = 256 * 1024
const LOOK_EVERY_MS = 25

const toArguments = ({ flags, timeoutSeconds }: DetachOptions): string[] => [
  'p2p', 'start', '--json', '--timeout', String(timeoutSeconds),
  ...Object.entries(flags).flatMap(([name, value]: readonly [string, Flags[keyof Flags]]) => optionOf(name, value)),
]

/** `bulkPort` is typed as `--bulk-port`. */
const optionOf = (name: string, value: Flags[keyof Flags]): readonly string[] => {
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (value === undefined) return []
  if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${option}`]
  return typeof value === 'string' ? [`--${option}`, value] : value.flatMap((each) => [`--${option}`, each])
}

/** The log, open for appending. One older log is kept. */
const openLog = (home: string, logPath: string): number => {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const size = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES) renameSync(logPath, `${logPath}.1`)
  return openSync(logPath, 'a', 0o600)
}

/** What systemd listens on for this process is not handed on to another. */
const withoutSocket = (env: Variables): Variables => Object.fromEntries(Object.entries(env).filter(([name]) => !/^LISTEN_(?:FDS|PID|FDNAMES)$/.test(name)))

const parseLine = (line: string): Readonly<Record<string, unknown>> => {
  if (!line.startsWith('{')) return {}
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** What a node wrote into the log since it was started, as far as it is whole lines. */
class FirstWords {
  readonly #file: number
  readonly #start: number

  constructor(logPath: string, start: number) {
    this.#file = openSync(logPath, 'r')
    this.#start = start
  }

  /** The ready line; `undefined` as long as it is not there. Throws the error that the node reported. */
  ready(): NodeReady | undefined {
    const buffer = Buffer.alloc(FIRST_WORDS_BYTES)
    const text = buffer.subarray(0, readSync(this.#file, buffer, 0, buffer.length, this.#start)).toString('utf8')
    const lines = text.split('\n').slice(0, -1).map(parseLine)
    const failure = lines.find((line) => 'error' in line)
    if (failure !== undefined) throw reviveError(failure)
    return lines.find((line) => 'peerId' in line) as NodeReady | undefined
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}

const awaitReady = async (child: ChildProcess, words: FirstWords, signal: AbortSignal): Promise<NodeReady> => {
  let ending: string | undefined
  child.once('error', (error) => (ending = error.message))
  child.once('exit', (code, by) => (ending = `it ended with ${by ?? `code ${code}`}`))
  for (;;) {
    const ended = ending
    const ready = words.ready()
    if (ready !== undefined) return ready
    if (ended !== undefined) throw new GgenError('internal', `the node did not start: ${ended}`)
    signal.throwIfAborted()
    await pause(LOOK_EVERY_MS)
  }
}

/**
 * Starts this program again as a node that outlives it, and resolves when that node is ready. Its output goes to `node.log` in the
 * home folder. Throws what the node reported; when time is over or the user interrupts, the node is ended.
 */
export const startDetached = async (options: DetachOptions, { world, environment, places, deadline, say }: Context): Promise<NodeReady> => {
  const [executable, ...args] = world.launcher
  const log = openLog(places.home, places.logPath)
  using words = new FirstWords(places.logPath, statSync(places.logPath).size)
  const child = spawn(executable, [...args, ...toArguments(options)], {
    detached: true,
    windowsHide: true,
    cwd: places.home,
    env: { ...withoutSocket(withoutPassphrase(environment.env)), GGEN_HOME: places.home },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  try {
    const ready = await awaitReady(child, words, deadline.signal)
    child.unref()
    return ready
  } catch (error) {
    child.kill()
    say(`what the node said is in ${places.logPath}`)
    throw error
  }
}
