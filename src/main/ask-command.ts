import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { promisify } from 'node:util'
import { programFor } from './program-for.ts'

const run = promisify(execFile)
const PATIENCE_MS = 20_000
const MOST_BYTES = 64 * 1024

interface AskOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal?: AbortSignal
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Runs a program that has nothing to do but say something; resolves to what it prints, without the space around it. Throws what `execFile` does. */
export const outputOf = async (command: string, args: readonly string[], { env, ...options }: AskOptions): Promise<string> => {
  const program = programFor(command, args, { isWindows: process.platform === 'win32', env, isFile })
  const { stdout } = await run(program.file, [...program.args], {
    ...options, env: { ...env }, timeout: PATIENCE_MS, maxBuffer: MOST_BYTES, windowsVerbatimArguments: program.isVerbatim,
  })
  return stdout.trim()
}

/** As `outputOf`, of a program that may fail: whoever asks does without its answer then. */
export const askCommand = async (...question: Parameters<typeof outputOf>): Promise<string | undefined> => {
  try {
    return await outputOf(...question)
  } catch (error) {
    question[2].signal?.throwIfAborted()
    if (!(error instanceof Error)) throw error
    return undefined
  }
}
