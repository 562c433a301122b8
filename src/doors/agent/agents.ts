import { type Clock, GgenError } from '#core'
import type { Keystore } from '#keystore'
import { Agent, type Confirm } from './agent.ts'
import { askAgent, askAgentNow, type NoAnswer } from './ask-agent.ts'
import type { AgentEnd } from './decide.ts'
import type { HandOver } from './hand-over.ts'
import { leaveAgent, type LeaveOptions } from './leave-agent.ts'
import type { AgentAnswer, AgentSignature, AgentStatus } from './protocol.ts'
import { serveAgent } from './serve-agent.ts'

/** The agent of a home folder, asked over its socket. Every method throws the signal's reason, and `denied` for a socket of another user. */
export interface AgentClient {
  /** Whose key it holds; `undefined` when there is no agent that answers. */
  status(signal: AbortSignal): Promise<AgentStatus | undefined>
  /** `undefined` when there is none any more. Throws `denied` when somebody says no, `timeout` when nobody answers, and `op-invalid`. */
  sign(payload: Uint8Array, signal: AbortSignal): Promise<AgentSignature | undefined>
  /** Closes the key; resolves to the process that ends now, `undefined` when there was none. Throws `too-busy` when one listens and does not answer. */
  lock(signal: AbortSignal): Promise<number | undefined>
}

/** What it takes to hold a key in this process. */
export interface Holding {
  /** Its seed is overwritten: from then on nothing but the agent has the key. */
  readonly handOver: HandOver
  readonly keystore: Pick<Keystore, 'keyOf' | 'signOwnWord' | 'stamp'>
  readonly socketPath: string
  /** Absent: nobody is asked. */
  readonly confirm?: Confirm | undefined
  readonly pid: number
}

/** A key that is held in this process. Disposing closes it. */
export interface HeldKey extends AsyncDisposable {
  readonly status: AgentStatus
  /** Resolves when the key is gone. */
  readonly ended: Promise<AgentEnd>
}

/** Where agents are. */
export interface Agents {
  client(socketPath: string): AgentClient
  /** Throws `conflict` where another agent listens, `home-insecure` or `store-broken`. */
  hold(holding: Holding): Promise<HeldKey>
  /** Leaves a process behind that holds the key; resolves when it can be asked. Throws what that process reports, and the signal's reason. */
  leave(handOver: HandOver, options: LeaveOptions): Promise<AgentStatus>
}

const unexpected = (): GgenError =>
  new GgenError('internal', 'the agent gave an answer of an unknown form', { hint: 'it may be of another version than this command: end it with ggen id lock' })

/** Nobody must take a key for closed that is not. */
const stillThere = (): GgenError =>
  new GgenError('too-busy', 'an agent listens and does not answer: it may still hold the key', {
    hint: 'try again; or end its process, which runs as: ggen id agent',
  })

/** An agent that ends just then is silent once, and absent when it is asked again. */
const LOCK_TRIES = 3

/** The reading of answers, whatever brings them. */
export const clientOver = (ask: {
  readonly now: (question: { readonly ask: 'status' | 'lock' }, signal: AbortSignal) => Promise<AgentAnswer | NoAnswer>
  readonly patiently: (payload: Uint8Array, signal: AbortSignal) => Promise<AgentAnswer | NoAnswer>
}): AgentClient => ({
  status: async (signal) => {
    const answer = await ask.now({ ask: 'status' }, signal)
    return typeof answer === 'object' && answer.kind === 'status' ? answer.status : undefined
  },
  sign: async (payload, signal) => {
    const answer = await ask.patiently(payload, signal)
    if (typeof answer === 'string' || answer.kind === 'locked') return undefined
    if (answer.kind === 'refused') throw answer.error
    if (answer.kind === 'signed') return answer.signed
    throw unexpected()
  },
  lock: async (signal) => {
    for (let left = LOCK_TRIES; left > 0; left--) {
      const answer = await ask.now({ ask: 'lock' }, signal)
      if (answer === 'absent') return undefined
      if (answer !== 'silent' && answer.kind === 'locked') return answer.pid
    }
    throw stillThere()
  },
})

/** An agent that holds what was handed over, from now on. */
export const agentOf = ({ handOver: { seed, forMs, ...opened }, keystore, confirm, pid }: Omit<Holding, 'socketPath'>, clock: Clock): Agent => {
  const key = keystore.keyOf({ seed })
  seed.fill(0)
  const unlocked = { ...opened, until: Math.round(clock.now() + forMs), untilMonotonic: clock.monotonic() + forMs }
  const sign = (payload: Uint8Array): Uint8Array => keystore.signOwnWord(key, opened.identity, payload)
  return new Agent({ unlocked, sign, stamp: () => keystore.stamp(), confirm, clock, pid })
}

/** An agent as its holder has it; it stands behind a door, where others can come to it. */
export const heldBehind = (agent: Agent, door?: AsyncDisposable): HeldKey => {
  const watching = agent.watch()
  return {
    status: agent.status,
    ended: agent.ended,
    [Symbol.asyncDispose]: async () => {
      agent.lock()
      await watching
      await door?.[Symbol.asyncDispose]()
    },
  }
}

const hold = async ({ socketPath, ...holding }: Holding, clock: Clock): Promise<HeldKey> => {
  const agent = agentOf(holding, clock)
  return heldBehind(agent, await serveAgent(agent, socketPath, clock))
}

/** Agents on sockets of this machine. */
export const socketAgents = (clock: Clock): Agents => ({
  client: (socketPath) =>
    clientOver({
      now: (question, signal) => askAgentNow(socketPath, question, { signal, clock }),
      patiently: (payload, signal) => askAgent(socketPath, { ask: 'sign', payload }, signal),
    }),
  hold: (holding) => hold(holding, clock),
  leave: leaveAgent,
})
