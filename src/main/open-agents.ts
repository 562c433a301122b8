import { type Agents, socketAgents } from '#doors/agent'
import { systemClock } from './system-clock.ts'

/** Agents that are processes of this machine. */
export const openAgents = (): Agents => socketAgents(systemClock)
