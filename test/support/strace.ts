import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Which calls of the operating system fail from the n-th on, counted for each thread; for ever, or `times` of them. */
export interface CallFault {
  readonly call: string
  readonly error: 'EIO' | 'ENOSPC' | 'EMFILE'
  readonly nth: number
  readonly times?: number
}

/** Whether this machine has `strace`, with which calls of a real process can be made to fail. */
export const hasStrace = (): boolean => spawnSync('strace', ['--version'], { stdio: 'ignore' }).status === 0

/** What `strace` is told; the log goes nowhere. */
export const straceArgs = ({ call, error, nth, times }: CallFault): readonly string[] => {
  const when = times === undefined ? `${nth}+` : `${nth}..${nth + times - 1}`
  return ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${when}`]
}

/** Lets calls of a running process fail until it is disposed; `undefined` where nobody may attach to a process. */
export const injectFault = async (pid: number, fault: CallFault): Promise<AsyncDisposable | undefined> => {
  const tracer = spawn('strace', [...straceArgs(fault).filter((arg) => arg !== '-qq'), '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(tracer, 'exit')
  for await (const line of createInterface({ input: tracer.stderr })) {
    if (!line.includes('attached')) continue
    return {
      [Symbol.asyncDispose]: async () => {
        tracer.kill('SIGINT')
        tracer.stderr.resume()
        await ended
      },
    }
  }
  await ended
  return undefined
}
