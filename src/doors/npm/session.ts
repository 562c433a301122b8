import type { IncomingMessage } from 'node:http'
import { GgenError } from '#core'
import { isSameSecret } from '#doors/http'

const BEARER = /^Bearer +([A-Za-z0-9_.-]{1,256})$/i

/** Lets on who shows the token of this node: it lies in a file that only its user can read. Throws `token-missing`. */
export const assertToken = ({ headers }: Pick<IncomingMessage, 'headers'>, token: string): void => {
  const [, shown] = BEARER.exec(headers.authorization ?? '') ?? []
  if (shown !== undefined && isSameSecret(shown, token)) return
  throw new GgenError('token-missing', 'the token of this node is missing or wrong', { hint: 'let ggen show it: ggen with COMMAND' })
}
