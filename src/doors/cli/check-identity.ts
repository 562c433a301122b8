import { type GgenError, type IdentityId, shortIdentity } from '#core'
import type { DescribedKey, Protection } from '#keystore'
import type { CheckRow } from './commands/check-row.ts'

export type IdentityFacts =
  | { readonly state: 'absent' }
  | { readonly state: 'broken'; readonly error: GgenError }
  | { readonly state: 'held'; readonly identity: IdentityId; readonly protection: Protection['kind']; readonly keys: readonly DescribedKey[] }

const PROTECTED = { passphrase: 'encrypted with a passphrase', keyring: 'encrypted for the keyring of this system' } as const

/** Whether there are keys to publish with, and what protects them. */
export const checkIdentity = (facts: IdentityFacts): readonly CheckRow[] => {
  const check = 'identity'
  if (facts.state === 'absent') return [{ check, state: 'ok', finding: 'there is none yet: the first publish makes one' }]
  if (facts.state === 'broken') return [{ check, state: 'fail', finding: facts.error.message, advice: facts.error.hint }]
  const { identity, protection, keys } = facts
  const name = shortIdentity(identity)
  if (protection === 'none') {
    const finding = `the keys of ${name} are not encrypted: who can read their file can publish as you`
    return [{ check, state: 'warn', finding, advice: 'ggen id protect' }]
  }
  if (!keys.some(({ role, held, standing }) => role === 'release' && held && standing === 'valid')) {
    const finding = `no key on this machine may sign releases of ${name} now: see ggen id show`
    return [{ check, state: 'warn', finding, advice: 'ggen id rotate, where its root key is' }]
  }
  return [{ check, state: 'ok', finding: `the keys of ${name} are ${PROTECTED[protection]}` }]
}
