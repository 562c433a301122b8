import { lstatSync } from 'node:fs'
import { GgenError } from '#core'

/**
 * Throws `denied` where a socket belongs to another user, who could collect what we say and answer what it likes. Where there is none, there is nothing
 * to say either.
 */
export const assertOwnSocket = (socketPath: string): void => {
  const self = process.getuid?.()
  if (self === undefined) return
  const stat = lstatSync(socketPath, { throwIfNoEntry: false })
  if (stat === undefined || stat.uid === self) return
  throw new GgenError('denied', `the socket ${socketPath} belongs to another user`, { hint: 'run the command as the user whose socket it is' })
}
