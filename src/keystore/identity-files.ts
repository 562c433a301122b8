import { GgenError } from '#core'

/** Where the bytes of the one identity file of a machine are kept. */
export interface IdentityFiles {
  /** For people. */
  readonly path: string
  /** `undefined` when there is none. Throws `home-insecure` and `store-broken`. */
  read(): Promise<Uint8Array | undefined>
  /** Throws `conflict` when there is one already. Durable when it resolves. */
  create(bytes: Uint8Array): Promise<void>
  /** Whatever happens, the old bytes or the new ones are there. Throws `conflict` when what is there is not `before` any more. Durable when it resolves. */
  replace(before: Uint8Array, after: Uint8Array): Promise<void>
}

/** A place that lasts as long as the process. */
export const memoryIdentityFiles = (path = 'identity.json'): IdentityFiles => {
  let held: Uint8Array | undefined
  return {
    path,
    read: async () => held && Uint8Array.from(held),
    create: async (bytes) => {
      if (held !== undefined) throw new GgenError('conflict', `there is a key already: ${path}`)
      held = Uint8Array.from(bytes)
    },
    replace: async (before, after) => {
      if (held === undefined || !Buffer.from(before).equals(held)) throw new GgenError('conflict', `${path} was changed by another command`)
      held = Uint8Array.from(after)
    },
  }
}
