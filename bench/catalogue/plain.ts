import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Offer, Received, Way } from './plain-transfer.ts'

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--conditions=ggen-source', join(import.meta.dirname, 'plain-transfer.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

const firstLine = async <T>(child: ChildProcess): Promise<T> => {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return JSON.parse(line) as T
}

/** A process that gives one file to whoever asks: what our own ways are compared with. */
export class PlainGiver implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #offer: Offer

  private constructor(child: ChildProcess, offer: Offer) {
    this.#child = child
    this.#offer = offer
  }

  static async start(file: string): Promise<PlainGiver> {
    const child = start(['give', file])
    return new PlainGiver(child, await firstLine<Offer>(child))
  }

  /** Has a new process receive the file; with `opens` it also checks every op in it. `wallMs` counts from the start of the process. */
  async receive(way: Way, opens: boolean): Promise<Received & { readonly wallMs: number }> {
    const began = performance.now()
    const child = start(['receive', this.#offer[way], ...(opens ? ['open'] : [])])
    const exited = once(child, 'exit')
    const received = await firstLine<Received>(child)
    const wallMs = performance.now() - began
    await exited
    return { ...received, wallMs }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}
