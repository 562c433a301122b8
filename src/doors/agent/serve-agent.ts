import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Clock, GgenError, isGgenError, LIMITS, toGgenError } from '#core'
import { claimSocket } from '#doors/socket'
import { type Agent, anotherAgent } from './agent.ts'
import { type AgentAnswer, type AgentQuestion, formatAnswer, parseQuestion } from './protocol.ts'
import { readLine } from './read-line.ts'

/** For answers that are on their way when the agent ends. */
const FLUSH_MS = 1000

/** The question of a connection, or the answer that says what is wrong with it; `undefined` where nobody is there any more. */
const readQuestion = async (socket: Socket, clock: Clock): Promise<AgentQuestion | AgentAnswer | undefined> => {
  try {
    const read = await readLine(socket, LIMITS.agentQuestionBytes, clock.timeout(LIMITS.agentQuestionMs))
    if (read === 'closed') return undefined
    if (read === 'too-long') throw new GgenError('frame-invalid', `a question to the agent has at most ${LIMITS.agentQuestionBytes} bytes`)
    return parseQuestion(read.line)
  } catch (error) {
    const refused = toGgenError(error)
    if (isGgenError(refused, 'internal')) throw error
    return { kind: 'refused', error: refused }
  }
}

/** One question, one answer, and the connection is over. Whoever leaves before is not asked for. */
const converse = async (socket: Socket, agent: Agent, clock: Clock): Promise<void> => {
  const left = new AbortController()
  socket.once('close', () => left.abort())
  const asked = await readQuestion(socket, clock)
  if (asked === undefined) {
    socket.destroy()
    return
  }
  const answer = 'ask' in asked ? await agent.answer(asked, left.signal) : asked
  socket.end(formatAnswer(answer))
  // What the other side still sends is dropped, and it cannot hold the connection open.
  socket.resume().setTimeout(FLUSH_MS, () => socket.destroy())
}

const close = async (server: Server, sockets: ReadonlySet<Socket>): Promise<void> => {
  const closed = once(server, 'close')
  server.close()
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), FLUSH_MS)
  await closed
  clearTimeout(cut)
}

/**
 * Lets an agent be asked over a socket of this user alone. Disposing sends what is left to send for a second, and removes the socket. Throws `conflict` where
 * another agent listens, `home-insecure` or `store-broken`.
 */
export const serveAgent = async (agent: Agent, socketPath: string, clock: Clock): Promise<AsyncDisposable> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // Who breaks its own connection gets no answer, and nothing else comes of it.
    socket.on('error', () => socket.destroy())
    void converse(socket, agent, clock)
  })
  server.maxConnections = LIMITS.agentConnections
  await claimSocket(server, socketPath, anotherAgent)
  let closing: Promise<void> | undefined
  return { [Symbol.asyncDispose]: () => (closing ??= close(server, sockets)) }
}
