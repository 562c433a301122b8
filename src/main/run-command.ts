import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { GgenError } from '#core'
import { programFor } from './program-for.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What shells say of a program that a signal ended. */
const BY_SIGNAL = 128

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Whether a terminal rules this process: then it sends Ctrl-C, and its own end, to the child as well. */
const hasTerminal = (): boolean => {
  if (process.platform === 'win32') return true
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    // ENXIO where there is none, and others in places such as containers: whoever cannot open it gets no signal from it.
    return false
  }
}

/** Until it is disposed nobody else in this process hears signals: the child decides what becomes of them, and those that it does not get are handed on. */
const handOnTo = (child: ChildProcess): Disposable => {
  const fromTerminal = hasTerminal() ? ['SIGINT', 'SIGHUP'] : []
  const handOn = (signal: NodeJS.Signals): void => void (fromTerminal.includes(signal) || child.kill(signal))
  const others = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const)
  for (const signal of SIGNALS) process.removeAllListeners(signal).on(signal, handOn)
  return {
    [Symbol.dispose]: () => {
      for (const [signal, listeners] of others) {
        process.off(signal, handOn)
        for (const listener of listeners) process.on(signal, listener)
      }
    },
  }
}

/**
 * Runs a program in this terminal until it ends; resolves to how it ended, as shells tell it. Each signal reaches it once, and does nothing else here. Throws
 * `path-not-found` where there is no such program, `denied` where it may not be started.
 */
export const runCommand = async (command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> => {
  const program = programFor(command, args, { isWindows: process.platform === 'win32', env, isFile })
  const child = spawn(program.file, [...program.args], { stdio: 'inherit', env: { ...env }, windowsVerbatimArguments: program.isVerbatim })
  using _signals = handOnTo(child)
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])
  } catch (cause) {
    const isDenied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES'
    if (isDenied) throw new GgenError('denied', `${command} may not be started`, { cause, hint: 'see who may: ls -l' })
    throw new GgenError('path-not-found', `${command} cannot be found`, { cause, hint: 'is it installed, and on the path?' })
  }
}
