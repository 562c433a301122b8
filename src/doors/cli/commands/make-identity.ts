import { type IdentityId, shortIdentity } from '#core'
import type { Keystore, MadeIdentity } from '#keystore'
import type { Context } from './context.ts'
import { adviseProtection, chooseGuard, type GuardOptions } from './passphrase.ts'

export interface MakeOptions extends GuardOptions {
  readonly label?: string
}

const sayRecoveryWords = (identity: IdentityId, words: string, say: Context['say']): void => {
  say(`you are now the publisher ${shortIdentity(identity)} (${identity})`)
  say('write these recovery words on paper; they are shown only now, and nothing else brings this identity back when the machine is lost:')
  say('')
  for (const line of words.match(/(?:\S+\s*){1,6}/g) ?? []) say(`    ${line.trimEnd()}`)
  say('')
}

/** Makes the identity of this machine, and shows its recovery words, once. Throws `conflict` when there is one, `passphrase-needed`. */
export const makeIdentity = async (keystore: Keystore, { label, ...choice }: MakeOptions, context: Context): Promise<MadeIdentity> => {
  const guard = await chooseGuard(choice, 'your keys', { ...context, keystore })
  const made = await keystore.create(guard, label)
  sayRecoveryWords(made.held.file.identity, made.recoveryWords, context.say)
  if (guard.kind === 'none') context.say(adviseProtection(keystore.path))
  return made
}
