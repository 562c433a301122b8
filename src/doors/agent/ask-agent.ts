import { connect, type Socket } from 'node:net'
import { type Clock, GgenError, LIMITS } from '#core'
import { assertOwnSocket } from '#doors/socket'
import { type AgentAnswer, type AgentQuestion, formatQuestion, parseAnswer } from './protocol.ts'
import { readLine } from './read-line.ts'

/** What a connection says that nobody listens any more, or that whoever listened is gone. */
const GONE: readonly string[] = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const open = (socketPath: string, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, signal })
    socket.once('connect', () => resolve(socket))
    socket.on('error', reject)
  })

/**
 * The agent's answer; `undefined` when there is no agent, it goes away, or it speaks another language than this version. Throws `denied` for a socket of
 * another user, and the signal's reason.
 */
export const askAgent = async (socketPath: string, question: AgentQuestion, signal: AbortSignal): Promise<AgentAnswer | undefined> => {
  signal.throwIfAborted()
  try {
    assertOwnSocket(socketPath)
    const socket = await open(socketPath, signal)
    try {
      socket.write(formatQuestion(question))
      const read = await readLine(socket, LIMITS.agentAnswerBytes, signal)
      return typeof read === 'string' ? undefined : parseAnswer(read.line)
    } finally {
      socket.destroy()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (GONE.includes(codeOf(error))) return undefined
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') throw new GgenError('denied', `the socket ${socketPath} may not be opened`, { cause: error })
    throw error
  }
}

/** The same for an answer that takes no person: an agent that does not give it in time is none. */
export const askAgentNow = async (socketPath: string, question: AgentQuestion, { signal, clock }: {
  readonly signal: AbortSignal
  readonly clock: Clock
}): Promise<AgentAnswer | undefined> => {
  const patience = clock.timeout(LIMITS.agentStatusMs)
  try {
    return await askAgent(socketPath, question, AbortSignal.any([signal, patience]))
  } catch (error) {
    signal.throwIfAborted()
    if (patience.aborted) return undefined
    throw error
  }
}
