import type { MissingArchive, NpmWarmedReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, sizeText } from './quantities.ts'
import { fieldsText } from './table.ts'

const FROM: Readonly<Record<NpmWarmedReply['from'][number]['from'], string>> = {
  disk: 'was here', peer: 'from peers', network: 'of this network', upstream: 'from upstream',
}

/** Every archive that is missing, and why. */
export const missingText = (missing: readonly MissingArchive[]): string =>
  missing.map(({ name, version, isOptional, message }) => `missing ${plainText(`${name}@${version}${isOptional ? ' (optional)' : ''}: ${message}`)}\n`).join('')

/** How much of what lock files need is here now, and where it came from. */
export const npmWarmedText = ({ lockfiles, archives, from, missing }: NpmWarmedReply, look: Look): string => {
  const leftOut = lockfiles.reduce((sum, one) => sum + one.leftOut, 0)
  const rows = from.map(({ from: where, archives: some, bytes, peers }): readonly [string, string] => {
    const whose = peers.length === 0 ? '' : ` (${count(peers.length, 'peer')})`
    return [FROM[where], `${count(some, 'archive')}, ${sizeText(bytes)}${whose}`]
  })
  const needed: readonly [string, string] = ['needed', `${count(archives, 'archive')}${leftOut === 0 ? '' : `, and ${leftOut} from no registry`}`]
  return `${fieldsText([needed, ...rows], look)}${missingText(missing)}`
}
