import { type IdentityId, shortIdentity } from '#core'
import type { Keystore, MadeIdentity } from '#keystore'
import type { Context } from './context.ts'
import { adviseProtection, chooseGuard, type GuardOptions, plainWarning } from './passphrase.ts'

export interface MakeOptions extends GuardOptions {
  readonly label?: string
  /** Who it is, where it is not the user: `the mirror of …`. */
  readonly speakerOf?: string
}

interface Shown {
  readonly identity: IdentityId
  readonly words: string
  readonly speakerOf: string | undefined
}

const sayRecoveryWords = ({ identity, words, speakerOf }: Shown, say: Context['say']): void => {
  say(`${speakerOf === undefined ? 'you are now' : `${speakerOf} is now`} the publisher ${shortIdentity(identity)} (${identity})`)
  say('write these recovery words on paper; they are shown only now, and nothing else brings this identity back when the machine is lost:')
  say('')
  for (const line of words.match(/(?:\S+\s*){1,6}/g) ?? []) say(`    ${line.trimEnd()}`)
  say('')
}

/** Makes the identity of this machine, and shows its recovery words, once. Throws `conflict` when there is one, `passphrase-needed`. */
export const makeIdentity = async (keystore: Keystore, { label, speakerOf, ...choice }: MakeOptions, context: Context): Promise<MadeIdentity> => {
  const guard = await chooseGuard(choice, 'your keys', { ...context, keystore })
  const made = await keystore.create(guard, label)
  sayRecoveryWords({ identity: made.held.file.identity, words: made.recoveryWords, speakerOf }, context.say)
  if (guard.kind === 'none') context.say(speakerOf === undefined ? adviseProtection(keystore.path) : plainWarning(keystore.path))
  return made
}
