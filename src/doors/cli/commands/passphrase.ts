import { GgenError, isGgenError, shortIdentity } from '#core'
import { readPassphrase } from '#config'
import type { Guard, HeldIdentity, Keystore, PackGuard } from '#keystore'
import type { Context } from './context.ts'

/** How often a person may be wrong. */
const TRIES = 3

interface Asking extends Pick<Context, 'ask' | 'environment' | 'deadline' | 'say'> {}

const needed = (what: string): GgenError => new GgenError('passphrase-needed', `a passphrase is needed for ${what}, and nobody can be asked for it here`)

/**
 * Runs what needs a passphrase with the one in `GGEN_PASSPHRASE`, or one that is typed; whoever mistypes may try again. Throws
 * `passphrase-needed`, `passphrase-wrong` and what `attempt` throws. `question` ends without a colon.
 */
export const withPassphrase = async <T>(question: string, attempt: (passphrase: string) => Promise<T>, context: Asking): Promise<T> => {
  const { ask, environment, deadline, say } = context
  const known = readPassphrase(environment.env)
  if (known !== undefined) return await attempt(known)
  if (ask === undefined) throw needed('these keys')
  for (let left = TRIES; ; left--) {
    const passphrase = await ask.hidden(`${question}: `, deadline.signal)
    try {
      return await attempt(passphrase)
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'passphrase-wrong')) throw error
      say(`${error.message}; try again`)
    }
  }
}

interface Opening extends Asking {
  /** For people: `publish tool 1.0.0`. */
  readonly why?: string
}

/** Runs what opens keys of this identity: with a passphrase where one protects them, else at once. */
export const withKeys = async <T>({ file }: HeldIdentity, attempt: (passphrase?: string) => Promise<T>, context: Opening): Promise<T> => {
  if (file.protection.kind !== 'passphrase') return await attempt()
  const purpose = context.why === undefined ? '' : ` to ${context.why}`
  return await withPassphrase(`passphrase of ${shortIdentity(file.identity)}${purpose}`, attempt, context)
}

const typedTwice = async (what: string, ask: NonNullable<Context['ask']>, { signal }: Context['deadline']): Promise<string> => {
  const first = await ask.hidden(`a passphrase for ${what}: `, signal)
  const second = await ask.hidden('the same again: ', signal)
  if (first !== second) throw new GgenError('usage', 'the two are not the same', { hint: 'type the same passphrase twice' })
  return first
}

/** A passphrase that is new: out of `GGEN_PASSPHRASE`, or typed twice. Throws `passphrase-needed`, and `usage` for one that is too short. */
export const newPassphrase = async (what: string, keystore: Keystore, { ask, environment, deadline, say }: Asking): Promise<string> => {
  const known = readPassphrase(environment.env)
  if (known !== undefined) {
    keystore.checkPassphrase(known)
    return known
  }
  if (ask === undefined) throw needed(what)
  for (let left = TRIES; ; left--) {
    try {
      const passphrase = await typedTwice(what, ask, deadline)
      keystore.checkPassphrase(passphrase)
      return passphrase
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'usage')) throw error
      say(`${error.message}; try again`)
    }
  }
}

/** How a user wants keys to be protected; neither is: with a passphrase. */
export interface GuardOptions {
  /** false: `--no-passphrase`. */
  readonly passphrase?: boolean
  readonly keyring?: boolean
}

type Choosing = Asking & { readonly keystore: Keystore }

/** The protection that was asked for; `what` is to be protected. */
export const chooseGuard = async (options: GuardOptions, what: string, context: Choosing): Promise<Guard> =>
  options.keyring === true ? { kind: 'keyring' } : await choosePackGuard(options, what, context)

/** The same for a file, which no keyring goes with. */
export const choosePackGuard = async ({ passphrase }: Pick<GuardOptions, 'passphrase'>, what: string, { keystore, ...context }: Choosing): Promise<PackGuard> =>
  passphrase === false ? { kind: 'none' } : { kind: 'passphrase', passphrase: await newPassphrase(what, keystore, context) }

/** What people are told when keys lie in the clear. */
export const plainWarning = (path: string): string => `WARNING: the keys in ${path} are NOT encrypted: whoever can read that file can publish as you`

/** The same, where something can be done about it. */
export const adviseProtection = (path: string): string => `${plainWarning(path)}; encrypt them with: ggen id protect`
