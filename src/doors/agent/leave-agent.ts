import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { GgenError, LIMITS } from '#core'
import { formatHandOver, type HandOver } from './hand-over.ts'
import { type AgentStatus, parseAnswer } from './protocol.ts'

export interface LeaveOptions {
  /** What starts this program again. */
  readonly launcher: readonly [executable: string, ...args: string[]]
  readonly home: string
  /** Must not hold the passphrase. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** The first line that the process prints; `undefined` when it prints none. */
const firstLine = async ({ stdout }: ChildProcess, signal: AbortSignal): Promise<string | undefined> => {
  let text = ''
  for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    signal.throwIfAborted()
    text += String(chunk)
    const end = text.indexOf('\n')
    if (end !== -1) return text.slice(0, end)
    if (text.length > LIMITS.agentAnswerBytes) break
  }
  return undefined
}

const statusIn = (line: string | undefined): AgentStatus => {
  const answer = line === undefined ? undefined : parseAnswer(line)
  if (answer?.kind === 'status') return answer.status
  if (answer?.kind === 'refused') throw answer.error
  throw new GgenError('internal', 'the agent did not start')
}

/**
 * Starts this program again as an agent that outlives it. The key goes through a pipe: arguments and environment of a process are no secret. Resolves when the
 * agent can be asked; throws what it reported, and the signal's reason, after which it is ended.
 */
export const leaveAgent = async (handOver: HandOver, { launcher, home, env, signal: wanted }: LeaveOptions): Promise<AgentStatus> => {
  const patience = AbortSignal.timeout(LIMITS.agentStartMs)
  const signal = AbortSignal.any([wanted, patience])
  const [executable, ...args] = launcher
  const child = spawn(executable, [...args, 'id', 'agent', '--json'], {
    detached: true, windowsHide: true, cwd: home, env: { ...env, GGEN_HOME: home }, stdio: ['pipe', 'pipe', 'ignore'],
  })
  const failed = once(child, 'error', { signal }).then(([error]: unknown[]) => {
    throw new GgenError('internal', 'the agent could not be started', { cause: error })
  })
  try {
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end(formatHandOver(handOver))
    return statusIn(await Promise.race([firstLine(child, signal), failed]))
  } catch (error) {
    child.kill()
    wanted.throwIfAborted()
    throw patience.aborted ? new GgenError('timeout', `the agent was not there within ${LIMITS.agentStartMs / 1000} s`) : error
  } finally {
    child.stdout.destroy()
    child.unref()
  }
}
