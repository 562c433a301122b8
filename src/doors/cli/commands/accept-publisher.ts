import { type GgenError, type IdentityId, isGgenError, isOpId, isPackageName, type PackageName } from '#core'
import type { Context } from './context.ts'

/** A publisher for whom nothing speaks, and the name under which it publishes. */
export interface AcceptedPublisher {
  readonly name: PackageName
  readonly identity: IdentityId
}

/**
 * What an error says that somebody has to accept, where it is one of those and a person at the terminal, who is shown what is known, accepts it. Where nobody
 * can be asked, it is `undefined`.
 */
export const acceptPublisher = async (error: unknown, context: Context): Promise<AcceptedPublisher | undefined> => {
  const asked = askable(error)
  if (asked === undefined || context.ask === undefined) return undefined
  return (await askWhether(asked, { ...context, ask: context.ask })) ? asked : undefined
}

const askable = (error: unknown): AcceptedPublisher | undefined => {
  if (!isGgenError(error, 'name-unverified')) return undefined
  const { name, identity }: GgenError['details'] = error.details
  const isAskable = typeof name === 'string' && isPackageName(name) && typeof identity === 'string' && isOpId(identity)
  return isAskable ? { name, identity: identity as IdentityId } : undefined
}

const askWhether = async (
  { name }: AcceptedPublisher, { client, deadline, show, ask }: Context & { readonly ask: NonNullable<Context['ask']> },
): Promise<boolean> => {
  const report = await client.trustWhy(name, deadline.signal)
  deadline.lift()
  show({ kind: 'explained', value: report })
  return /^y(?:es)?$/i.test((await ask.visible('install it, and believe this publisher from now on? [y/N] ', deadline.signal)).trim())
}
