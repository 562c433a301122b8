import type { Run } from './context.ts'
import { makeIdentity, type MakeOptions } from './make-identity.ts'
import { identityOutcome } from './show-identity.ts'

/** `ggen id create`: the same as the first publish does. Needs no node. */
export const createIdentity =
  (options: MakeOptions): Run =>
  async (context) => {
    const { world, places, deadline } = context
    deadline.lift()
    const keystore = await world.openKeystore(places.home)
    await keystore.requireNone()
    const made = await makeIdentity(keystore, options, context)
    return identityOutcome(made.held, keystore)
  }
