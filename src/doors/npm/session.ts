import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { GgenError } from '#core'

const BEARER = /^Bearer +([A-Za-z0-9_.-]{1,256})$/i

/** Takes as long for every text, so that nobody can find out how much of a guess is right. */
const isSame = (a: string, b: string): boolean => {
  const [hashA, hashB] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(hashA, hashB)
}

/** Whether a text is the token of this node. */
export const isToken = (shown: string, token: string): boolean => isSame(shown, token)

/** Lets on who shows the token of this node: it lies in a file that only its user can read. Throws `token-missing`. */
export const assertToken = ({ headers }: Pick<IncomingMessage, 'headers'>, token: string): void => {
  const [, shown] = BEARER.exec(headers.authorization ?? '') ?? []
  if (shown !== undefined && isSame(shown, token)) return
  throw new GgenError('token-missing', 'the token of this node is missing or wrong', { hint: 'let ggen set it: ggen with npm publish, or ggen npm setup' })
}
