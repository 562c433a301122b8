import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { GgenError } from '#core'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What shells say of a program that a signal ended. */
const BY_SIGNAL = 128

/**
 * Runs a program in this terminal until it ends; resolves to how it ended. Signals that are meant for this process alone are handed on. Throws
 * `path-not-found` where there is no such program.
 */
export const runCommand = async (command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> => {
  // On Windows npm and its like are scripts, which only a shell can start.
  const child = spawn(command, [...args], { stdio: 'inherit', env: { ...env }, shell: process.platform === 'win32' })
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, handOn)
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])
  } catch (cause) {
    throw new GgenError('path-not-found', `${command} cannot be started`, { cause, hint: 'is it installed, and on the path?' })
  } finally {
    for (const signal of SIGNALS) process.off(signal, handOn)
  }
}
