import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type LinkOptions, startProxy } from './proxy.ts'

/** What a proxy in a process of its own can be told while it runs. */
export type ProxyWord = 'cut' | 'stall' | 'resume'

/** A proxy that takes no time of the caller's process. */
export interface ProxyProcess extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Resolves when it is done. */
  say(word: ProxyWord): Promise<void>
}

/** Starts the same proxy as a process of its own, for measurements. */
export const startProxyProcess = async (options: LinkOptions): Promise<ProxyProcess> => {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value } = (await lines.next()) as { readonly value?: string }
  if (value === undefined) throw new Error('the proxy ended before it said its port')
  return {
    port: Number(value),
    pid: child.pid ?? -1,
    say: async (word) => {
      child.stdin.write(`${word}\n`)
      const answer = (await lines.next()) as { readonly value?: string }
      if (answer.value !== word) throw new Error(`the proxy answered ${String(answer.value)} to ${word}`)
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** The process itself: options as its one argument, then one word a line; it ends with its standard input. */
const serve = async (): Promise<void> => {
  await using proxy = await startProxy(JSON.parse(process.argv[2] ?? '{}') as LinkOptions)
  console.log(proxy.port)
  for await (const word of createInterface({ input: process.stdin })) {
    if (word === 'cut' || word === 'stall' || word === 'resume') proxy[word]()
    console.log(word)
  }
}

if (import.meta.main) await serve()
