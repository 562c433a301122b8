import type { Clock } from '#core'
import { type Agent, anotherAgent } from './agent.ts'
import { agentOf, type Agents, clientOver, heldBehind, type HeldKey, type Holding } from './agents.ts'
import type { HandOver } from './hand-over.ts'

/** Agents in this process, each under the path that its socket would have. `host`: who holds a key that somebody leaves behind. */
export const memoryAgents = (clock: Clock, host: (handOver: HandOver) => Holding): Agents => {
  const held = new Map<string, Agent>()
  const hold = async ({ socketPath, ...holding }: Holding): Promise<HeldKey> => {
    if (held.has(socketPath)) throw anotherAgent()
    const agent = agentOf(holding, clock)
    held.set(socketPath, agent)
    void agent.ended.then(() => held.delete(socketPath))
    return heldBehind(agent)
  }
  return {
    client: (socketPath) =>
      clientOver({
        now: async (question, signal) => (await held.get(socketPath)?.answer(question, signal)) ?? 'absent',
        patiently: async (payload, signal) => (await held.get(socketPath)?.answer({ ask: 'sign', payload }, signal)) ?? 'absent',
      }),
    hold,
    leave: async (handOver) => (await hold(host(handOver))).status,
  }
}
