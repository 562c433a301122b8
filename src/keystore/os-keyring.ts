/** The keyring of the operating system: short texts under names. Every method throws `keyring-unavailable` where there is none, or it is locked. */
export interface OsKeyring {
  /** `undefined` when nothing has this name. */
  get(entry: string): Promise<string | undefined>
  /** Replaces what is there. Durable when it resolves. */
  set(entry: string, secret: string): Promise<void>
  /** Fine when nothing has this name. */
  delete(entry: string): Promise<void>
}

/** A keyring that lives as long as the process. */
export const memoryOsKeyring = (): OsKeyring => {
  const secrets = new Map<string, string>()
  return {
    get: async (entry) => secrets.get(entry),
    set: async (entry, secret) => void secrets.set(entry, secret),
    delete: async (entry) => void secrets.delete(entry),
  }
}
