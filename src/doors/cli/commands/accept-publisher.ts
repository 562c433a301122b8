import { type GgenError, type IdentityId, isGgenError, isOpId } from '#core'
import type { Context } from './context.ts'

/**
 * Runs what may meet a publisher for whom nothing speaks; a person at the terminal is shown what is known, and may accept him. Where nobody can be asked,
 * the refusal stands.
 */
export const withAcceptance = async <T>(attempt: (trust?: IdentityId) => Promise<T>, context: Context): Promise<T> => {
  try {
    return await attempt()
  } catch (error) {
    const asked = askable(error)
    if (asked === undefined || context.ask === undefined) throw error
    const isAccepted = await askWhether(asked, { ...context, ask: context.ask })
    if (!isAccepted) throw error
    return await attempt(asked.identity)
  }
}

interface Asked {
  readonly name: string
  readonly identity: IdentityId
}

const askable = (error: unknown): Asked | undefined => {
  if (!isGgenError(error, 'name-unverified')) return undefined
  const { name, identity }: GgenError['details'] = error.details
  return typeof name === 'string' && typeof identity === 'string' && isOpId(identity) ? { name, identity: identity as IdentityId } : undefined
}

const askWhether = async ({ name }: Asked, { client, deadline, show, ask }: Context & { readonly ask: NonNullable<Context['ask']> }): Promise<boolean> => {
  const report = await client.trustWhy(name as Parameters<typeof client.trustWhy>[0], deadline.signal)
  deadline.lift()
  show({ kind: 'explained', value: report })
  return /^y(?:es)?$/i.test((await ask.visible('install it, and believe this publisher from now on? [y/N] ', deadline.signal)).trim())
}
