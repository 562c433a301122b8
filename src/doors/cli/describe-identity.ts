import { shortIdentity } from '#core'
import type { DescribedKey } from '#keystore'
import type { IdentityReply, PackedReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

const PROTECTED: Readonly<Record<IdentityReply['protection'], string>> = {
  none: 'NOT ENCRYPTED', passphrase: 'encrypted with a passphrase', keyring: 'encrypted for the keyring of the system',
}

const placeOf = ({ role, held }: DescribedKey): string => {
  if (held) return 'here'
  return role === 'recovery' ? 'recovery words' : 'elsewhere'
}

const STANDING: Readonly<Record<DescribedKey['standing'], string>> = { valid: 'valid', expired: 'expired', revoked: 'revoked', unnamed: 'not in the chain' }

const untilText = ({ standing, expires }: DescribedKey): string =>
  expires === undefined ? STANDING[standing] : `${STANDING[standing]}, until ${momentText(expires * 1000)}`

const KEY_COLUMNS: readonly Column<DescribedKey>[] = [
  { title: 'ROLE', cell: ({ role }) => role },
  { title: 'LABEL', cell: ({ label }) => label ?? '-', whole: ({ label }) => label ?? '' },
  { title: 'NAMES', cell: ({ names }) => names?.join(',') ?? '-', whole: ({ names }) => names?.join(',') ?? '' },
  { title: 'STATE', cell: untilText },
  { title: 'WHERE', cell: placeOf },
  { title: 'KEY', cell: ({ publicKey }) => publicKey.slice(0, 16), whole: ({ publicKey }) => publicKey },
]

const unlockedText = (unlocked: IdentityReply['unlocked']): string | undefined => {
  if (unlocked === undefined) return undefined
  if (unlocked === false) return 'no'
  return `the release key, until ${momentText(unlocked.until)}${unlocked.asks ? '; you are asked before it signs' : ''}`
}

/** Who publishes from this machine, and with which keys. */
export const identityText = (reply: IdentityReply, look: Look): string => {
  const { identity, createdAt, seq, forked, protection, path, keys, unlocked } = reply
  const isPlain = protection === 'none'
  const fields = fieldsText([
    ['publisher', `${shortIdentity(identity)} (${identity})`],
    ['since', momentText(createdAt)],
    ['changed', seq === 0 ? undefined : count(seq, 'time')],
    ['forked', forked && `two histories of its keys contradict each other; the recovery words decide (${forked.tips.join(', ')})`],
    ['keys', isPlain ? undefined : `${PROTECTED[protection]}, in ${path}`],
    ['unlocked', isPlain ? undefined : unlockedText(unlocked)],
  ], look)
  const plain = isPlain ? `${look.dim('keys     ')}  ${look.red(PROTECTED.none)}, in ${plainText(path)}\n` : ''
  return `${fields}${plain}\n${tableText(keys, KEY_COLUMNS, look)}`
}

/** What was written where, and what it can do. */
export const packedText = ({ path, identity, encrypted, keys }: PackedReply, look: Look): string => {
  const hasRoot = keys.some(({ role }) => role === 'root')
  const who = shortIdentity(identity)
  const what = hasRoot ? `everything of ${who} that is here` : `a key that publishes as ${who}, and can do nothing else`
  const how = encrypted ? PROTECTED.passphrase : look.red(PROTECTED.none)
  return `wrote ${look.bold(plainText(path))}\n  ${what}, ${how}\n  use it with: ggen id import FILE\n`
}
