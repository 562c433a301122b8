import { GgenError } from '#core'
import type { Run } from './context.ts'

/** `ggen cache stats`: what the node holds. */
export const showCache = (): Run => async ({ client, deadline: { signal } }) => ({ kind: 'cache', value: await client.cache(signal) })

/** `ggen cache verify`: hashes all of it again. */
export const checkCache = (): Run => async ({ client, deadline: { signal } }) => {
  const value = await client.checkCache(signal)
  const kept = value.damaged.filter(({ isKept }) => isKept)
  if (value.damaged.length === 0) return { kind: 'cache-checked', value }
  const message = `${value.damaged.length} of ${value.count} were damaged by the disk, and are dropped`
  const dear = `${kept.length} of them should stay here: pin their packages again, or publish them again, and look at the disk`
  const hint = kept.length === 0 ? {} : { hint: dear }
  return { kind: 'cache-checked', value, failure: new GgenError('blobs-damaged', message, hint) }
}

/** `ggen cache clear`: drops what is not kept, when somebody has agreed. */
export const clearCache =
  ({ yes = false }: { readonly yes?: boolean }): Run =>
  async (context) => {
    const { client, deadline, ask, show } = context
    if (!yes) {
      if (ask === undefined) {
        throw new GgenError('usage', 'what others could have fetched from here is dropped', { hint: 'say that you want it: ggen cache clear --yes' })
      }
      show({ kind: 'cache', value: await client.cache(deadline.signal) })
      deadline.lift()
      const answer = await ask.visible('drop everything that is not kept? [y/N] ', deadline.signal)
      if (!/^y(?:es)?$/i.test(answer.trim())) throw new GgenError('cancelled', 'nothing was dropped')
    }
    return { kind: 'cache-cleared', value: await client.clearCache(deadline.signal) }
  }
