import { type IdentityId, isGgenError, type Op, type PublicKey } from '#core'
import type { HeldIdentity, Keystore } from '#keystore'
import type { Context } from './context.ts'
import { findAgent } from './find-agent.ts'
import { makeIdentity, type MakeOptions } from './make-identity.ts'
import { type GuardOptions, withKeys } from './passphrase.ts'

/** Something to sign: what the node prepared, what it must be, and how people are told of it (`publish tool 1.2.0`). */
export interface Prepared {
  readonly payload: Uint8Array
  readonly isExpected: (op: Op) => boolean
  readonly why: string
}

/** Who publishes from this machine. The node never sees the key. */
export interface Signer {
  readonly identity: IdentityId
  /** Envelopes of the identity's own chain, genesis first. */
  readonly chain: readonly Uint8Array[]
  /** The release key. */
  readonly publicKey: PublicKey
  /** Whether other keys have to sign as well before anything counts. */
  readonly needsOthers: boolean
  /**
   * The release key's signature (64 bytes). The agent signs where one holds this key; else the passphrase is asked for when it has to be, once. Throws
   * `op-invalid` for anything that is not expected, and `denied` where somebody tells the agent not to.
   */
  sign(prepared: Prepared): Promise<Uint8Array>
}

type OpenKey = Awaited<ReturnType<Keystore['open']>>['pair']

const signerOf = ({ file: { identity, chain }, view: { roles } }: HeldIdentity, publicKey: PublicKey, { keystore, open, askAgent }: {
  readonly keystore: Keystore
  readonly open: (why: string) => Promise<OpenKey>
  /** `undefined` where no agent signs this. */
  readonly askAgent?: (prepared: Prepared) => Promise<Uint8Array | undefined>
}): Signer => {
  let key: OpenKey | undefined
  const sign: Signer['sign'] = async (prepared) => {
    const signature = key === undefined ? await askAgent?.(prepared) : undefined
    if (signature !== undefined) return signature
    key ??= await open(prepared.why)
    return keystore.sign(key, prepared.payload, prepared.isExpected)
  }
  const isMachine = roles.release.some(({ key, auto }) => key === publicKey && auto === true)
  const needsOthers = roles.need > 1 || (isMachine && (roles.human ?? 0) > 0)
  return { identity, chain, publicKey, needsOthers, sign }
}

/** What another key began is not for the agent: to add a signature to that is what a person is asked for. */
const agentSigning =
  ({ file: { identity } }: HeldIdentity, publicKey: PublicKey, { keystore, context }: { readonly keystore: Keystore; readonly context: Context }) =>
  async ({ payload, isExpected }: Prepared): Promise<Uint8Array | undefined> => {
    const author = { identity, publicKey }
    if (!keystore.isOwnWord(author, payload, isExpected)) return undefined
    const agent = await findAgent(author, context)
    if (agent === undefined) return undefined
    const { world, deadline, say } = context
    const isWatched = world.stderr.isTTY
    if (isWatched && agent.status.asks) say('answer where the agent runs')
    const signed = await agent.client.sign(payload, deadline.signal)
    if (signed !== undefined && isWatched) say(`signed by the agent: ${signed.purpose}`)
    return signed?.signature
  }

const heldSigner = (held: HeldIdentity, keystore: Keystore, context: Context): Signer => {
  const publicKey = keystore.releaseKey(held)
  const open = async (why: string): Promise<OpenKey> =>
    (await withKeys(held, (passphrase) => keystore.open(publicKey, passphrase), { ...context, why })).pair
  // Keys that lie in the clear need no agent, and there is none for them.
  const askAgent = held.file.protection.kind === 'none' ? {} : { askAgent: agentSigning(held, publicKey, { keystore, context }) }
  return signerOf(held, publicKey, { keystore, open, ...askAgent })
}

/** The signer of this machine. Opens no key before something is signed. Throws `key-missing` where there is no identity. */
export const requireSigner = async (context: Context): Promise<Signer> => {
  const keystore = await context.world.openKeystore(context.places.home)
  return heldSigner(await keystore.read(), keystore, context)
}

/** The same, and whoever publishes for the first time becomes a publisher. */
export const openSigner = async (choice: GuardOptions, context: Context): Promise<Signer> =>
  await signerIn(await context.world.openKeystore(context.places.home), choice, context)

/** The signer of a keystore, in which an identity is made where it has none. */
export const signerIn = async (keystore: Keystore, choice: MakeOptions, context: Context): Promise<Signer> => {
  const held = await keystore.find()
  if (held !== undefined) return heldSigner(held, keystore, context)
  try {
    const made = await makeIdentity(keystore, choice, context)
    return signerOf(made.held, made.release.publicKey, { keystore, open: async () => made.release })
  } catch (error) {
    if (!isGgenError(error, 'conflict')) throw error
    // Another command of the same user was quicker; its words were shown there.
    return heldSigner(await keystore.read(), keystore, context)
  }
}
