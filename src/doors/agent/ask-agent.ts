import { connect, type Socket } from 'node:net'
import { type Clock, GgenError, LIMITS } from '#core'
import { assertOwnSocket } from '#doors/socket'
import { type AgentAnswer, type AgentQuestion, formatQuestion, parseAnswer } from './protocol.ts'
import { readLine } from './read-line.ts'

/** `absent`: nobody listens. `silent`: somebody does or did, and gives no answer that this version understands. */
export type NoAnswer = 'absent' | 'silent'

const NO_ANSWER: Readonly<Record<string, NoAnswer>> = {
  ENOENT: 'absent', ENOTDIR: 'absent', ECONNREFUSED: 'absent', ECONNRESET: 'silent', EPIPE: 'silent', EAGAIN: 'silent',
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const open = (socketPath: string, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, signal })
    socket.once('connect', () => resolve(socket))
    socket.on('error', reject)
  })

/** The agent's answer, or why there is none. Throws `denied` for a socket of another user, and the signal's reason. */
export const askAgent = async (socketPath: string, question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer | NoAnswer> => {
  signal.throwIfAborted()
  try {
    assertOwnSocket(socketPath)
    const socket = await open(socketPath, signal)
    try {
      socket.write(formatQuestion(question))
      const read = await readLine(socket, LIMITS.agentAnswerBytes, signal)
      return typeof read === 'string' ? 'silent' : (parseAnswer(read.line) ?? 'silent')
    } finally {
      socket.destroy()
    }
  } catch (error) {
    signal.throwIfAborted()
    const none = NO_ANSWER[codeOf(error)]
    if (none !== undefined) return none
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') throw new GgenError('denied', `the socket ${socketPath} may not be opened`, { cause: error })
    throw error
  }
}

/** The same for an answer that takes no person: an agent that does not give it in time is silent. */
export const askAgentNow = async (socketPath: string, question: AgentQuestion, { signal, clock }: {
  readonly signal: AbortSignal
  readonly clock: Clock
}): Promise<AgentAnswer | NoAnswer> => {
  const patience = clock.timeout(LIMITS.agentStatusMs)
  try {
    return await askAgent(socketPath, question, AbortSignal.any([signal, patience]))
  } catch (error) {
    signal.throwIfAborted()
    if (patience.aborted) return 'silent'
    throw error
  }
}
