import type { RegistryToken } from '#doors/central'
import type { MadeToken } from './commands/outcome.ts'
import type { NodeReady } from './commands/world.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { momentText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

/** What runs now, where it is asked, and what to type next. */
export const servingText = ({ url, peerId, addresses, home }: NodeReady, look: Look): string => {
  const places = addresses.length === 0 ? ['no address: it is in no network'] : addresses
  return [
    `${look.bold('a registry is running')} for ${plainText(home)}\n\n`,
    fieldsText([['answers on', url], ['node', peerId], ...places.map((place, index) => [index === 0 ? 'listens on' : '', place] as const)], look),
    '\n',
    fieldsText([[`${look.command} registry token create --names PATTERN`, 'let somebody publish'], ['Ctrl-C', 'stop this registry']], look),
  ].join('')
}

/** The token stands on a line of its own, so that it can be taken from there. */
export const madeText = ({ token, id, names, expiresAt }: MadeToken, look: Look): string =>
  [
    `${token}\n\n`,
    fieldsText([['token', id], ['names', names.join(', ')], ['expires', momentText(expiresAt)]], look),
    '\nIt is shown this once. A publisher sets it as GGEN_REGISTRY_TOKEN.\n',
  ].join('')

const COLUMNS: readonly Column<RegistryToken>[] = [
  { title: 'TOKEN', cell: ({ id }) => id },
  { title: 'NAMES', cell: ({ names }) => names.join(', '), whole: ({ names }) => names.join(',') },
  { title: 'EXPIRES', cell: ({ expiresAt }) => momentText(expiresAt), whole: ({ expiresAt }) => String(expiresAt) },
  { title: 'LAST USED', cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : momentText(lastUsedAt)),
    whole: ({ lastUsedAt }) => String(lastUsedAt ?? '') },
  { title: 'LABEL', cell: ({ label }) => (label === '' ? '-' : plainText(label)), whole: ({ label }) => label },
]

export const tokensText = (tokens: readonly RegistryToken[], look: Look): string => (tokens.length === 0 ? '' : tableText(tokens, COLUMNS, look))

export const revokedText = ({ id }: RegistryToken, look: Look): string => `${look.bold(id)} is good for nothing any more\n`
