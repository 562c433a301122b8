import { type Agents, socketAgents } from '#doors/agent'
import { systemClock } from '#node/system'

/** Agents that are processes of this machine. */
export const openAgents = (): Agents => socketAgents(systemClock)
