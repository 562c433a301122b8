import type { Author } from '#keystore'
import type { AgentClient, AgentStatus } from '#doors/agent'
import type { Context } from './context.ts'

/** An agent that holds a key, and how to ask it. */
export interface FoundAgent {
  readonly status: AgentStatus
  readonly client: AgentClient
}

/** The agent of this home folder, if it runs and holds this very key. A stale socket, or an agent that says nothing, is none. */
export const findAgent = async ({ identity, publicKey }: Author, { world, places, deadline }: Context): Promise<FoundAgent | undefined> => {
  const client = (await world.openAgents()).client(places.agentSocketPath)
  const status = await client.status(deadline.signal)
  return status?.identity === identity && status.publicKey === publicKey ? { status, client } : undefined
}
