import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Command, MARK, type Wanted } from './driver.ts'

/** How the processes of one system are started. */
export interface System {
  readonly name: string
  readonly command: string
  /** Arguments in front of the role and the folder. */
  readonly args: readonly string[]
}

export type Role = 'provider' | 'consumer'

/** Milliseconds from the first question to the last verified file, and where the files are. */
export interface Fetched {
  readonly ms: number
  readonly files: readonly string[]
}

/** The longest that any command may take: a rival that hangs loses its row and not the run. */
const PATIENCE_MS = 120_000

/** One running process of a system. */
export class Contestant implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #errors: string[] = []
  readonly #ready = Promise.withResolvers<void>()
  #next = 0
  /** Hears what the process tells while a command runs. */
  onEvent: (event: string) => void = () => undefined

  private constructor({ command, args }: System, role: Role, folder: string) {
    this.#child = spawn(command, [...args, role, folder], { stdio: ['pipe', 'pipe', 'pipe'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#hear(line))
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#errors.push(chunk.toString())
      if (this.#errors.length > 50) this.#errors.shift()
    })
    this.#child.stdin!.on('error', (error) => this.#fail(error))
    this.#child.once('error', (error) => this.#fail(error))
    this.#child.once('exit', (code, signal) => this.#fail(new Error(`ended with ${code ?? signal}: ${this.#errors.join('').slice(-2000)}`)))
    // Without this a process that ends after it was ready would be an unhandled rejection; whoever waits sees it.
    this.#ready.promise.catch(() => undefined)
  }

  static async start(system: System, role: Role, folder: string): Promise<Contestant> {
    const contestant = new Contestant(system, role, folder)
    await contestant.#within(contestant.#ready.promise, 'to start')
    return contestant
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  offer(file: string): Promise<unknown> {
    return this.#ask({ verb: 'offer', file })
  }

  async fetch(wanted: readonly Wanted[], width = 1): Promise<Fetched> {
    return (await this.#ask({ verb: 'fetch', wanted, width })) as Fetched
  }

  async forget(): Promise<void> {
    await this.#ask({ verb: 'forget' })
  }

  /** What only this system knows. */
  ask(verb: string, argument?: unknown): Promise<unknown> {
    return this.#ask({ verb, argument })
  }

  /** At once, as a crash. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  async #ask(command: Omit<Command, 'id'>): Promise<unknown> {
    const id = this.#next++
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#child.stdin!.write(`${JSON.stringify({ id, ...command })}\n`)
    return await this.#within(waiting.promise, `for ${command.verb}`)
  }

  async #within<T>(work: Promise<T>, what: string): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`waited ${PATIENCE_MS} ms in vain ${what}: ${this.#errors.join('').slice(-2000)}`)), PATIENCE_MS)
    try {
      return await Promise.race([work, late])
    } finally {
      clearTimeout(timer)
    }
  }

  #hear(line: string): void {
    if (!line.startsWith(MARK)) return
    const said = JSON.parse(line.slice(MARK.length)) as { ready?: true; event?: string; id?: number; answer?: unknown; error?: string }
    if (said.ready === true) this.#ready.resolve()
    if (said.event !== undefined) this.onEvent(said.event)
    if (said.id === undefined) return
    const waiting = this.#waiting.get(said.id)
    this.#waiting.delete(said.id)
    if (said.error === undefined) waiting?.resolve(said.answer)
    else waiting?.reject(new Error(said.error))
  }

  #fail(error: Error): void {
    this.#ready.reject(error)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
