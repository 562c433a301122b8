import { type Config, writeTicket } from '#config'
import { openNetworkFile, systemClock } from '#node/system'
import type { TrustStore } from '#store'

/**
 * Follows the publishers whom the ticket of a private network named, when a node is started for the first time after the home has joined: then they are taken
 * out of it, so that who was unfollowed since stays so. Throws `too-busy` for too many, and what the files throw.
 */
export const followNamed = async ({ joined, networkPath }: Pick<Config, 'joined' | 'networkPath'>, { memory }: Pick<TrustStore, 'memory'>): Promise<void> => {
  if (joined === undefined || joined.follow.length === 0) return
  const known = new Set(memory.followed().map(({ identity }) => identity))
  for (const identity of joined.follow) if (!known.has(identity)) memory.follow({ identity, since: systemClock.now() })
  const file = openNetworkFile(networkPath)
  const held = await file.read()
  if (held !== undefined) await file.replace(held, Buffer.from(`${writeTicket({ ...joined, follow: [] })}\n`))
}
