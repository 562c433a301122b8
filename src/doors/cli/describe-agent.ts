import { shortIdentity } from '#core'
import type { AgentEnd, AgentStatus } from '#doors/agent'
import type { LockedReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { momentText } from './quantities.ts'

/** What it means that a key is open now. */
export const unlockedText = ({ identity, until, asks }: AgentStatus, look: Look): string => {
  const what = `the release key of ${look.bold(shortIdentity(identity))} is unlocked until ${momentText(until)}`
  const how = asks ? 'you are asked here before it signs; Ctrl-C locks it' : 'programs of yours sign with it unasked; ggen id lock ends that'
  return `${what}\n  ${how}\n`
}

const WHY: Readonly<Record<AgentEnd, string>> = { over: 'its time is over', changed: 'the identity was changed', locked: 'as you wished' }

/** That it is not any more. */
export const lockedText = (reply: LockedReply): string => {
  if (!reply.locked) return 'it was not unlocked\n'
  return reply.why === undefined ? 'the release key is locked\n' : `the release key is locked: ${WHY[reply.why]}\n`
}
